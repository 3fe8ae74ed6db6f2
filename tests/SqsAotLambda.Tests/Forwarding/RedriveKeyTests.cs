using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>Which first id of a redriven message is believed, over sockets.</summary>
public sealed class RedriveKeyTests : IAsyncDisposable
{
    private const string Key = "a key of ü and more", Body = "{\"a\":\"é\"}";
    private const string Arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:redrive-AbCdEf";

    private readonly FakeTimeProvider time = Given.Clock();
    private readonly MemoryStream log = new();
    private readonly StubSqs sqs = new();
    private readonly StubSecretsManager secrets = new();
    private readonly StubServer endpoint;
    private readonly List<Function> functions = [];
    private int status = 200;

    public RedriveKeyTests() => endpoint = new(_ => Replies.Status(status));

    private static CancellationToken End => TestContext.Current.CancellationToken;

    private string Logged => Encoding.UTF8.GetString(log.ToArray());

    public async ValueTask DisposeAsync()
    {
        functions.ForEach(each => each.Dispose());
        await log.DisposeAsync();
        await endpoint.DisposeAsync();
        await secrets.DisposeAsync();
        await sqs.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_copy_carries_an_HMAC_of_its_id_and_body_by_which_its_next_life_has_the_same_key()
    {
        var function = Function();
        status = 422;
        Assert.True((await DeliverAsync(function, Given.Message("first", Body))).DeadLettered);
        var letter = FailureOf(sqs.Sent[0]);
        Assert.Equal(("first", HmacOf("first")), (letter.GetProperty("messageId").GetString(), letter.GetProperty("hmac").GetString()));

        Assert.True((await DeliverAsync(function, Redriven(letter.GetRawText()))).DeadLettered);
        var again = FailureOf(sqs.Sent[1]);
        Assert.Equal(("first", HmacOf("first")), (again.GetProperty("messageId").GetString(), again.GetProperty("hmac").GetString()));

        status = 200;
        await DeliverAsync(function, Redriven(again.GetRawText()));
        var request = endpoint.Requests[^1];
        Assert.Equal(
            ("first", "first", "first", "own"),
            (request.Headers["Idempotency-Key"], request.Headers["ce-id"], request.Headers["webhook-id"], request.Headers["X-Aws-Sqsd-Msgid"]));
    }

    public static readonly TheoryData<string> Forged = new(
        """{"messageId":"other"}""",
        """{"messageId":"other","hmac":null}""",
        """{"messageId":"other","hmac":7}""",
        """{"messageId":"other","hmac":""}""",
        """{"messageId":"other","hmac":"\ud800"}""",
        $$"""{"messageId":"other","hmac":"{{HmacOf("another")}}"}""",
        $$"""{"messageId":"other","hmac":"{{HmacOf("other", body: "{}")}}"}""",
        $$"""{"messageId":"other","hmac":"{{HmacOf("other", key: "another key")}}"}""",
        $$"""{"messageId":"other","hmac":"{{HmacOf("other").ToUpperInvariant()}}"}""",
        $$"""{"messageId":"other","hmac":"{{HmacOf("other")[..^1]}}"}""",
        $$"""{"messageId":"other","hmac":" {{HmacOf("other")}}"}""",
        $$"""{"messageId":"first","messageId":"other","hmac":"{{HmacOf("first")}}"}""");

    [Theory(Timeout = 30_000), MemberData(nameof(Forged))]
    public async Task What_a_sender_writes_is_not_believed(string failure)
    {
        var function = Function();

        await DeliverAsync(function, Redriven(failure));
        status = 422;
        await DeliverAsync(function, Redriven(failure));

        Assert.All(
            endpoint.Requests,
            request =>
                Assert.Equal(("own", "own", "own"), (request.Headers["Idempotency-Key"], request.Headers["ce-id"], request.Headers["webhook-id"])));
        var letter = FailureOf(Assert.Single(sqs.Sent));
        Assert.Equal(("own", HmacOf("own")), (letter.GetProperty("messageId").GetString(), letter.GetProperty("hmac").GetString()));
    }

    [Theory(Timeout = 30_000), MemberData(nameof(Forged))]
    public async Task A_copy_of_what_was_never_sent_is_sealed_for_its_own_id(string failure)
    {
        var function = Function(routes: """[{"name":"a","when":{"attribute:a":"b"},"url":"https://a.example.com/"}]""");

        await DeliverAsync(function, Redriven(failure));

        var letter = FailureOf(Assert.Single(sqs.Sent));
        Assert.Equal(("own", HmacOf("own")), (letter.GetProperty("messageId").GetString(), letter.GetProperty("hmac").GetString()));
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_key_every_first_id_is_believed_and_no_copy_is_sealed()
    {
        status = 422;

        await DeliverAsync(Function(key: ""), Redriven("""{"messageId":"other"}"""));

        Assert.Equal("other", Assert.Single(endpoint.Requests).Headers["Idempotency-Key"]);
        var letter = FailureOf(Assert.Single(sqs.Sent));
        Assert.Equal("other", letter.GetProperty("messageId").GetString());
        Assert.False(letter.TryGetProperty("hmac", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task While_the_key_cannot_be_had_only_what_needs_it_is_held_back()
    {
        var function = Function($"secretsmanager:{Arn}#key");
        var letter = Redriven($$"""{"messageId":"first","hmac":"{{HmacOf("first")}}"}""");

        for (var each = 0; each < 20; each++)
        {
            var held = await DeliverAsync(function, letter);
            Assert.Equal((Outcome.EndpointFault, Fault.Credential), (held.Outcome, held.Fault));
            Assert.StartsWith("The secret of \"FORWARD_REDRIVE_KEY\" could not be fetched: ", held.Reason, StringComparison.Ordinal);
            Assert.Equal(TimeSpan.Zero, held.Endpoint!.Breaker.OpenFor);
        }

        Assert.Empty(endpoint.Requests);
        var calls = secrets.Calls.Count;
        Assert.Equal(Outcome.Delivered, (await DeliverAsync(function, Given.Message("ordinary", Body))).Outcome);
        Assert.Equal(Outcome.Delivered, (await DeliverAsync(function, Redriven("""{"messageId":"other"}"""))).Outcome);
        Assert.Equal(["ordinary", "own"], endpoint.Requests.Select(request => request.Headers["Idempotency-Key"]));
        Assert.Equal(calls, secrets.Calls.Count);

        secrets.Value = JsonSerializer.Serialize(new { key = Key });
        Assert.Equal(Outcome.Delivered, (await DeliverAsync(function, letter)).Outcome);
        Assert.Equal("first", endpoint.Requests[^1].Headers["Idempotency-Key"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_dropped_message_needs_no_key()
    {
        var function = Function($"secretsmanager:{Arn}", """[{"name":"a","drop":true}]""");
        var message = Redriven($$"""{"messageId":"first","hmac":"{{HmacOf("first")}}"}""");

        Assert.Equal(Outcome.Dropped, (await DeliverAsync(function, message)).Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_copy_that_cannot_be_sealed_is_made_all_the_same_and_told()
    {
        status = 422;

        Assert.True((await DeliverAsync(Function($"secretsmanager:{Arn}"), Given.Message("first", Body))).DeadLettered);

        var letter = FailureOf(Assert.Single(sqs.Sent));
        Assert.Equal("first", letter.GetProperty("messageId").GetString());
        Assert.False(letter.TryGetProperty("hmac", out _));
        Assert.Contains("\"message\":\"SecretFailed\",\"auth\":\"FORWARD_REDRIVE_KEY\",", Logged, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_letter_that_cannot_be_verified_goes_on_to_its_next_life_as_it_came()
    {
        var letter = Redriven($$"""{"messageId":"first","hmac":"{{HmacOf("first")}}"}""") with { ReceiveCount = 3 };

        Assert.True((await DeliverAsync(Function($"secretsmanager:{Arn}", maxReceiveCount: 3), letter)).DeadLettered);

        var copy = FailureOf(Assert.Single(sqs.Sent));
        Assert.Equal(("first", HmacOf("first")), (copy.GetProperty("messageId").GetString(), copy.GetProperty("hmac").GetString()));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_copy_waits_half_a_second_for_the_key_at_most()
    {
        var asked = new TaskCompletionSource();
        secrets.OnCall = _ =>
        {
            asked.TrySetResult();
            return Replies.Stall;
        };
        status = 422;
        var delivery = DeliverAsync(Function($"secretsmanager:{Arn}"), Given.Message("first", Body));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), End);

        time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.True((await delivery.WaitAsync(TimeSpan.FromSeconds(30), End)).DeadLettered);
        Assert.Contains("It did not come in 0.5 s.", Logged, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "hunter2",
        "that is not allowed; it takes env:NAME, secretsmanager:ARN or ssm:ARN, the ARN with #json-key or without, never the secret itself")]
    [InlineData(
        "ssm:hunter2",
        "that is not allowed; it takes env:NAME, secretsmanager:ARN or ssm:ARN, the ARN with #json-key or without, never the secret itself")]
    [InlineData("env:MISSING", "in an environment variable that is missing or empty")]
    public void A_key_that_is_not_told_where_it_is_is_refused_and_not_shown(string text, string fault) => Assert.Equal(
        [$"FORWARD_REDRIVE_KEY names a secret {fault}."],
        Assert.Throws<InvalidSettingsException>(() => Given.Settings(endpoint.Url, ("FORWARD_REDRIVE_KEY", text))).Faults);

    private static string HmacOf(string messageId, string body = Body, string key = Key)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(messageId), (byte)'\n', .. SHA256.HashData(Encoding.UTF8.GetBytes(body))];
        return Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), signed));
    }

    private static Message Redriven(string failure) => Given.Message("own", Body) with { Attributes = [new("ForwardFailure", "String", failure)] };

    private static JsonElement FailureOf(JsonElement copy) =>
        JsonDocument.Parse(copy.GetProperty("MessageAttributes").GetProperty("ForwardFailure").GetProperty("StringValue").GetString()!).RootElement;

    private Task<Delivery> DeliverAsync(Function function, Message message) =>
        function.DeliverAsync(message, Given.Closing(time), Deadline.Never).AsTask();

    private Function Function(string key = "env:REDRIVE", string routes = "", int? maxReceiveCount = null)
    {
        var settings = Given.Settings(
            endpoint.Url,
            ("FORWARD_REDRIVE_KEY", key),
            ("REDRIVE", Key),
            ("FORWARD_ROUTES", routes),
            ("FORWARD_URL", routes.Length > 0 ? "" : endpoint.Url.ToString()),
            ("FORWARD_HEADERS", "sqsd,cloudevents"),
            ("FORWARD_AUTH", """{"default-sign":{"type":"standard-webhooks","secret":"env:HOOK"}}"""),
            ("HOOK", Convert.ToBase64String(new byte[24])),
            ("FORWARD_MAX_RECEIVE_COUNT", $"{maxReceiveCount}"),
            ("FORWARD_DLQ_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/dead"),
            ("AWS_ENDPOINT_URL_SQS", sqs.Url.ToString()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.Url.ToString()));
        var function = Given.Function(settings, time: time, log: new JsonLog(log, LogLevel.Info, time));
        functions.Add(function);
        return function;
    }
}
