using SqsAotLambda.Aws;
using SqsAotLambda.Http;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Aws;

public sealed class SecretsManagerTests : IAsyncDisposable
{
    private const string Value = "hunter2";

    private static readonly SecretArn Arn = SecretArn.TryParse("arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:orders-AbCdEf")!;

    private readonly StubSecretsManager server = new();
    private readonly AwsJson aws = new(
        "secretsmanager", "1.1", new("AKIDEXAMPLE", "secret", "TOKEN"), TrustStore.None, new(TestLoop.Here), Given.Loop());

    public async ValueTask DisposeAsync()
    {
        aws.Dispose();
        await server.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_secret_is_asked_for_by_its_ARN_in_a_signed_call()
    {
        server.Value = Value;

        Assert.Equal(Value, await AskAsync());

        var call = Assert.Single(server.Calls);
        Assert.Equal("""{"SecretId":"arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:orders-AbCdEf"}""", call.Text);
        Assert.Equal("secretsmanager.GetSecretValue", call.Headers["X-Amz-Target"]);
        Assert.Equal("application/x-amz-json-1.1", call.Headers["Content-Type"]);
        Assert.Equal("TOKEN", call.Headers["X-Amz-Security-Token"]);
        Assert.StartsWith(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/cn-north-1/secretsmanager/aws4_request, "
                + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, ",
            call.Headers["Authorization"],
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_endpoint_is_that_of_the_ARN()
    {
        Uri? asked = null;
        var secrets = new SecretsManager((endpoint, _, _, _, _) => throw new AwsException((asked = endpoint).Host), endpoint: null);

        await Assert.ThrowsAsync<AwsException>(() => secrets.GetSecretValueAsync(Arn, Deadline.Never));

        Assert.Equal(new Uri("https://secretsmanager.cn-north-1.amazonaws.com.cn/"), asked);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(
        400,
        """{"__type":"AccessDeniedException","Message":"hunter2"}""",
        "secretsmanager.GetSecretValue was refused with 400: AccessDeniedException.")]
    [InlineData(
        200, """{"SecretBinary":"aHVudGVyMg=="}""", "secretsmanager.GetSecretValue was answered with a binary secret: only a text is supported.")]
    [InlineData(200, """{"SecretString":7}""", "secretsmanager.GetSecretValue was answered without a SecretString.")]
    [InlineData(200, """{"SecretString":""}""", "secretsmanager.GetSecretValue was answered without a SecretString.")]
    [InlineData(200, """{"SecretString":"hunter2\ud800"}""", "secretsmanager.GetSecretValue was answered without a SecretString.")]
    [InlineData(200, "[]", "secretsmanager.GetSecretValue was answered without a SecretString.")]
    [InlineData(200, "hunter2", "secretsmanager.GetSecretValue got no answer: Malformed.")]
    public async Task Anything_but_a_text_is_told_without_what_was_answered(int status, string body, string why)
    {
        server.OnCall = _ => Replies.Status(status, body);

        var exception = await Assert.ThrowsAsync<AwsException>(AskAsync);

        Assert.Equal(why, exception.Message);
    }

    private Task<string> AskAsync() => new SecretsManager(aws.CallAsync, server.Url).GetSecretValueAsync(Arn, Deadline.Never);
}
