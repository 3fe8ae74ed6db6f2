using System.Security.Cryptography;
using System.Text;
using SqsAotLambda.Aws;
using SqsAotLambda.Http;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Aws;

public sealed class AwsJsonTests
{
    private const string Target = "AmazonSQS.SendMessage";

    private readonly FakeTimeProvider time = Given.Clock();

    [Theory(Timeout = 30_000)]
    [InlineData(null, "content-type;host;x-amz-date;x-amz-target")]
    [InlineData("TOKEN", "content-type;host;x-amz-date;x-amz-security-token;x-amz-target")]
    public async Task A_call_is_signed_as_it_is_sent(string? token, string names)
    {
        await using var server = new StubServer(_ => Replies.Status(200, "{}"));
        using var aws = new AwsJson("sqs", "1.0", new("AKIDEXAMPLE", "secret", token), TrustStore.None, new(TestLoop.Here), TestLoop.Here);

        var body = "{\"a\":\"é\"}"u8.ToArray();
        (await aws.CallAsync(new(server.Url, "queues/"), "eu-west-1", Target, body, Deadline.Never)).Dispose();

        var call = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/queues/", Target), (call.Method, call.Path, call.Headers["X-Amz-Target"]));
        Assert.Equal("20260102T030405Z", call.Headers["X-Amz-Date"]);
        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/sqs/aws4_request, SignedHeaders={names}, "
                + $"Signature={SignatureOf(call, names)}",
            call.Headers["Authorization"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_keys_a_call_is_not_signed()
    {
        await using var server = new StubServer(_ => Replies.Status(200, "{}"));
        using var aws = new AwsJson("sqs", "1.0", credentials: null, TrustStore.None, new(TestLoop.Here), TestLoop.Here);

        (await aws.CallAsync(server.Url, "eu-west-1", Target, "{}"u8.ToArray(), Deadline.Never)).Dispose();

        Assert.DoesNotContain("Authorization", Assert.Single(server.Requests).Headers.Keys);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_silent_service_is_given_up_after_5_seconds()
    {
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new StubServer(_ =>
        {
            called.SetResult();
            return Replies.Stall;
        });
        using var aws = new AwsJson("sqs", "1.0", credentials: null, TrustStore.None, new(TestLoop.Here), TestLoop.Here);

        var call = aws.CallAsync(server.Url, "eu-west-1", Target, "{}"u8.ToArray(), Deadline.Never);
        await called.Task.WaitAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.StartsWith($"{Target} got no answer: ", (await Assert.ThrowsAsync<AwsException>(() => call)).Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}""", $"{Target} was refused with 400: QueueDoesNotExist.")]
    [InlineData("""{"__type":"QueueDoesNotExist"}""", $"{Target} was refused with 400: QueueDoesNotExist.")]
    [InlineData("""{"message":"s3cret"}""", $"{Target} was refused with 400: no error code.")]
    [InlineData("[]", $"{Target} was refused with 400: no error code.")]
    [InlineData("s3cret", $"{Target} got no answer: Malformed.")]
    [InlineData("""{"__type":"half a pair: \ud800"}""", $"{Target} was refused with 400: no error code.")]
    public async Task A_refusal_is_told_by_its_code(string answer, string message)
    {
        await using var server = new StubServer(_ => Replies.Status(400, answer));
        using var aws = new AwsJson("sqs", "1.0", credentials: null, TrustStore.None, new(TestLoop.Here), TestLoop.Here);

        var thrown = await Assert.ThrowsAsync<AwsException>(
            () => aws.CallAsync(server.Url, "eu-west-1", Target, "{}"u8.ToArray(), Deadline.Never));

        Assert.Equal(message, thrown.Message);
    }

    /// <summary>By the letter of AWS's description, of what arrived.</summary>
    private static string SignatureOf(StubRequest call, string names)
    {
        var headers = string.Concat(names.Split(';').Select(name => $"{name}:{call.Headers[name]}\n"));
        var canonical = $"{call.Method}\n{call.Path}\n\n{headers}\n{names}\n{Hex(SHA256.HashData(call.Body))}";
        var hash = Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        var text = $"AWS4-HMAC-SHA256\n20260102T030405Z\n20260102/eu-west-1/sqs/aws4_request\n{hash}";
        var key = Encoding.UTF8.GetBytes("AWS4secret");
        foreach (
            var part in new[] { "20260102", "eu-west-1", "sqs", "aws4_request", text }) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return Hex(key);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
