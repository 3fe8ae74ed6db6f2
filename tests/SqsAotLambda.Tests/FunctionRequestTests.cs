using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

/// <summary>That each setting of requests and credentials reaches them, by a test that fails when its wire is cut.</summary>
public sealed class FunctionRequestTests : IAsyncDisposable
{
    private const string SecretArn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf";
    private const string Parameter = "arn:aws:ssm:us-east-1:123456789012:parameter/a";

    private readonly Wired wired = new();

    public ValueTask DisposeAsync() => wired.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_AUTH_is_asked_for_in_Secrets_Manager_and_shown_to_the_endpoint()
    {
        await wired.HandleAsync(
            [Given.Message()],
            ("FORWARD_AUTH", $$"""{"default":{"type":"bearer","token":"secretsmanager:{{SecretArn}}"} }"""),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", wired.Secrets.Url.ToString()));

        Assert.Single(wired.Secrets.Calls);
        Assert.Equal("Bearer the secret", Assert.Single(wired.Server.Requests).Headers["Authorization"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_AUTH_is_asked_for_in_Parameter_Store_and_signs_requests()
    {
        wired.Parameters.Value = "the key";

        await wired.HandleAsync(
            [Given.Message()],
            ("FORWARD_AUTH", $$"""{"default-sign":{"type":"hmac-sha256","header":"X-Hub","secret":"ssm:{{Parameter}}"} }"""),
            ("AWS_ENDPOINT_URL_SSM", wired.Parameters.Url.ToString()));

        Assert.Single(wired.Parameters.Calls);
        Assert.Equal(64, Assert.Single(wired.Server.Requests).Headers["X-Hub"].Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_keys_of_the_environment_sign_requests_and_calls_of_SQS()
    {
        wired.Answer = Replies.Status(400);

        await wired.HandleAsync(
            [Given.Message()], Wired.Dead, ("FORWARD_AUTH", """{"default":{"type":"sigv4","service":"lambda","region":"eu-west-1"}}"""));

        Assert.Contains("Credential=AKIDEXAMPLE/", Assert.Single(wired.Server.Requests).Headers["Authorization"], StringComparison.Ordinal);
        Assert.Contains("Credential=AKIDEXAMPLE/", Assert.Single(wired.Sqs.Calls).Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Secrets_are_fetched_before_the_first_message()
    {
        await wired.Compose(
            ("FORWARD_AUTH", $$"""{"default":{"type":"bearer","token":"secretsmanager:{{SecretArn}}"} }"""),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", wired.Secrets.Url.ToString())).PrepareAsync();

        Assert.Single(wired.Secrets.Calls);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("FORWARD_CONTENT_TYPE", "text/x-a", "Content-Type: text/x-a")]
    [InlineData("FORWARD_HEADERS", "cloudevents", "ce-id: a")]
    [InlineData("FORWARD_USER_AGENT", "Mine/1", "User-Agent: Mine/1")]
    [InlineData("FORWARD_IDEMPOTENCY_HEADER", "X-Key", "X-Key: a")]
    [InlineData("FORWARD_IDEMPOTENCY_SOURCE", "attribute:k", "Idempotency-Key: v")]
    public async Task A_setting_of_requests_is_in_the_request(string name, string value, string header)
    {
        await wired.HandleAsync([Given.Message("a") with { Attributes = [new("k", "String", "v")] }], (name, value));

        Assert.Contains(header, Assert.Single(wired.Server.Requests).Headers.Select(each => $"{each.Key}: {each.Value}"));
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_CLOUDEVENTS_TYPE_is_the_type_of_events()
    {
        await wired.HandleAsync([Given.Message()], ("FORWARD_HEADERS", "cloudevents"), ("FORWARD_CLOUDEVENTS_TYPE", "com.example.a"));

        Assert.Equal("com.example.a", Assert.Single(wired.Server.Requests).Headers["ce-type"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_MAX_HEADER_leaves_out_what_is_longer()
    {
        await wired.HandleAsync([Given.Message() with { Attributes = [new("k", "String", new('v', 1000))] }], ("FORWARD_MAX_HEADER", "1000"));

        Assert.DoesNotContain("X-Aws-Sqsd-Attr-k", Assert.Single(wired.Server.Requests).Headers.Keys);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("FORWARD_METHOD", "PUT", 200, "PUT", "Delivered")]
    [InlineData("FORWARD_SUCCESS_ON", "204", 200, "POST", "Unavailable")]
    [InlineData("FORWARD_RETRY_ON", "400", 400, "POST", "Unavailable")]
    [InlineData("FORWARD_REJECT_ON", "503", 503, "POST", "Rejected")]
    public async Task A_setting_of_the_last_route_is_that_of_FORWARD_URL(string name, string value, int status, string method, string outcome)
    {
        wired.Answer = Replies.Status(status);

        var delivery = await Given.DeliverAsync(wired.Compose((name, value)), Given.Message());

        Assert.Equal((method, outcome), (Assert.Single(wired.Server.Requests).Method, $"{delivery.Outcome}"));
    }
}
