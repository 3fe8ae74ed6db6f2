using SqsAotLambda.Aws;
using SqsAotLambda.Http;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Aws;

public sealed class ParameterStoreTests : IAsyncDisposable
{
    private const string Value = "hunter2";

    private static readonly SecretArn Arn = SecretArn.TryParse("arn:aws-cn:ssm:cn-north-1:123456789012:parameter/orders/api-key")!;

    private readonly StubParameterStore server = new();
    private readonly AwsJson aws = new("ssm", "1.1", new("AKIDEXAMPLE", "secret", "TOKEN"), TrustStore.None, new(TestLoop.Here), Given.Loop());

    public async ValueTask DisposeAsync()
    {
        aws.Dispose();
        await server.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_parameter_is_asked_for_by_its_ARN_in_a_signed_call()
    {
        server.Value = Value;

        Assert.Equal(Value, await AskAsync());

        var call = Assert.Single(server.Calls);
        Assert.Equal("""{"Name":"arn:aws-cn:ssm:cn-north-1:123456789012:parameter/orders/api-key","WithDecryption":true}""", call.Text);
        Assert.Equal("AmazonSSM.GetParameter", call.Headers["X-Amz-Target"]);
        Assert.Equal("application/x-amz-json-1.1", call.Headers["Content-Type"]);
        Assert.Equal("TOKEN", call.Headers["X-Amz-Security-Token"]);
        Assert.StartsWith(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/cn-north-1/ssm/aws4_request, "
                + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, ",
            call.Headers["Authorization"],
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_endpoint_is_that_of_the_ARN()
    {
        Uri? asked = null;
        var parameters = new ParameterStore((endpoint, _, _, _, _) => throw new AwsException((asked = endpoint).Host), endpoint: null);

        await Assert.ThrowsAsync<AwsException>(() => parameters.GetParameterAsync(Arn, Deadline.Never));

        Assert.Equal(new Uri("https://ssm.cn-north-1.amazonaws.com.cn/"), asked);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("SecureString")]
    [InlineData("String")]
    [InlineData("StringList")]
    public async Task A_parameter_may_be_of_any_type(string type)
    {
        server.OnCall = _ => StubParameterStore.Parameter(Value, type);

        Assert.Equal(Value, await AskAsync());
    }

    [Theory(Timeout = 30_000)]
    [InlineData(400, """{"__type":"ParameterNotFound","message":"hunter2"}""", "AmazonSSM.GetParameter was refused with 400: ParameterNotFound.")]
    [InlineData(
        400,
        """{"__type":"com.amazon.coral.service#ThrottlingException","message":"hunter2"}""",
        "AmazonSSM.GetParameter was refused with 400: ThrottlingException.")]
    [InlineData(200, """{"Value":"hunter2"}""", "AmazonSSM.GetParameter was answered without a Value.")]
    [InlineData(200, """{"Parameter":"hunter2"}""", "AmazonSSM.GetParameter was answered without a Value.")]
    [InlineData(200, """{"Parameter":{"Value":7}}""", "AmazonSSM.GetParameter was answered without a Value.")]
    [InlineData(200, """{"Parameter":{"Value":""}}""", "AmazonSSM.GetParameter was answered without a Value.")]
    [InlineData(200, """{"Parameter":{"Value":"hunter2\ud800"}}""", "AmazonSSM.GetParameter was answered without a Value.")]
    [InlineData(200, "[]", "AmazonSSM.GetParameter was answered without a Value.")]
    [InlineData(200, "hunter2", "AmazonSSM.GetParameter got no answer: Malformed.")]
    public async Task Anything_but_a_text_is_told_without_what_was_answered(int status, string body, string why)
    {
        server.OnCall = _ => Replies.Status(status, body);

        var exception = await Assert.ThrowsAsync<AwsException>(AskAsync);

        Assert.Equal(why, exception.Message);
    }

    private Task<string> AskAsync() => new ParameterStore(aws.CallAsync, server.Url).GetParameterAsync(Arn, Deadline.Never);
}
