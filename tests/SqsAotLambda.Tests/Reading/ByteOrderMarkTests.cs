using System.Text;
using SqsAotLambda.Reading;
using SqsAotLambda.Settings;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Reading;

/// <summary>The mark that Windows programs write before a text is no fault anywhere where JSON is read.</summary>
public sealed class ByteOrderMarkTests
{
    private const string Mark = "\ufeff";

    private const string Event =
        """
        {"Records":[{"messageId":"m","body":"{\"id\":\"é\"}","attributes":{"ApproximateReceiveCount":"1"},
          "eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:orders"}]}
        """;

    [Theory]
    [InlineData("""{"body:/type":"order"}""")]
    [InlineData("""{"body:/type":{"prefix":"ord"}}""")]
    [InlineData("""{"body:/missing":{"exists":false},"body:/type":{"exists":true}}""")]
    public void A_condition_sees_the_body_behind_it(string when)
    {
        var route = Given.Settings(
            new("https://example.com/"), ("FORWARD_ROUTES", $$"""[{"name":"a","url":"https://a.example.com/","when":{{when}}}]""")).Routes[0];

        Assert.True(route.When.Holds(Given.Message(body: Mark + """{"type":"order"}""")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_body_is_forwarded_with_it_and_templates_are_filled_without_it()
    {
        const string Route =
            """[{"name":"a","url":"https://a.example.com/{body:/id}","headers":{"X-Id":"no {body:/id}"},"when":{"body:/id":"7"}}]""";
        var settings = Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", Route), ("FORWARD_IDEMPOTENCY_SOURCE", "body:/id"));

        var request = await Given.RequestAsync(settings, Given.Message(body: Mark + """{"id":"7"}"""));

        Assert.Equal("/7", request!.Url.AbsolutePath);
        Assert.Equal(Mark + """{"id":"7"}""", Encoding.UTF8.GetString(request.Body!.Value.Span));
        Assert.Equal("no 7", request.Headers.ToArray().Single(header => header.Name == "X-Id").Value);
        Assert.Equal("7", request.Headers.ToArray().Single(header => header.Name == "Idempotency-Key").Value);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_that_describes_its_request_may_have_it()
    {
        var settings = Given.Settings(
            new("https://example.com/"), ("FORWARD_ROUTES", """[{"name":"a","request":"message","allowedHosts":["b.example.com"]}]"""));

        var request = await Given.RequestAsync(settings, Given.Message(body: Mark + """{"url":"https://b.example.com/x","body":"y"}"""));

        Assert.Equal("https://b.example.com/x", request?.Url.ToString());
    }

    public static TheoryData<string> Encodings => ["utf-8", "utf-16", "utf-16BE"];

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Encodings))]
    public async Task An_event_as_PowerShell_writes_it_is_explained(string name)
    {
        using var explained = new Explained();
        var encoding = Encoding.GetEncoding(name);
        byte[] file = [.. encoding.GetPreamble(), .. encoding.GetBytes(Event)];

        var status = await explained.RunAsync("-", () => new MemoryStream(file), ("FORWARD_URL", "https://example.com/"));

        Assert.Equal((0, ""), (status, explained.Errors));
        Assert.Contains("""{"id":"é"}""", explained.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FORWARD_ROUTES", """[{"name":"a","drop":true}]""")]
    [InlineData("FORWARD_AUTH", """{"a":{"type":"bearer","token":"env:TOKEN"}}""")]
    public void Settings_may_have_it(string name, string json) => FunctionSettings.Parse(
        new Dictionary<string, string> { ["FORWARD_URL"] = "https://example.com/", ["TOKEN"] = "t", [name] = Mark + json });

    [Fact(Timeout = 30_000)]
    public async Task A_stored_JSON_secret_may_have_it()
    {
        await using var auth = new AuthAtWork();
        auth.Secrets.Value = Mark + """{"key":"one"}""";
        var function = auth.Of($$"""{ "a": { "type": "bearer", "token": "secretsmanager:{{AuthAtWork.Arn}}#key" } }""");

        Assert.Equal("Bearer one", await auth.AuthorizationAsync(function, "a"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_answer_may_have_it()
    {
        await using var auth = new AuthAtWork();
        auth.Secrets.Value = AuthAtWork.Hidden;
        auth.OnToken = _ => Replies.Status(200, Mark + """{"access_token":"token-1","token_type":"Bearer"}""");

        Assert.Equal("Bearer token-1", await auth.AuthorizationAsync(auth.Of(auth.OAuth2), "api"));
    }

    [Fact]
    public void One_is_passed_over_and_no_more()
    {
        Assert.True(ByteOrderMark.Skip(Encoding.UTF8.GetBytes(Mark)).IsEmpty);
        Assert.Equal(Mark, ByteOrderMark.Skip(Mark + Mark));
    }
}
