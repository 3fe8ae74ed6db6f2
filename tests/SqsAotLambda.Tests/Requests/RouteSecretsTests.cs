using System.Text;
using System.Text.Json;
using CsCheck;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>Answers that repeat what the settings write into a query or a header, over a socket.</summary>
public sealed class RouteSecretsTests : IAsyncDisposable
{
    private const string LeftOut = "left out: it repeats a secret of the request";

    private static readonly Message Order = Given.Message("m-1", """{"id":"7f"}""") with { Attributes = [new("tenant", "String", "acme")] };

    private readonly StubServer endpoint;
    private string answer = "";

    public RouteSecretsTests() => endpoint = new(_ => Replies.Status(400, answer));

    public ValueTask DisposeAsync() => endpoint.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData("?code=SECRET-of-ours", "no code SECRET-of-ours here")]
    [InlineData("?code=SECRET-of-ours", "xSECRET-OF-OURSx")]
    [InlineData("?code=SECRET-of-ours", "POST /hook?code=SECRET-of-ours HTTP/1.1")]
    [InlineData("?code=SECRET-of-ours", "U0VDUkVULW9mLW91cnM=")]
    [InlineData("?code=SECRET", "/hook?code=SECRET&id=7")]
    [InlineData("?code=SECRET", "%2Fhook%3Fcode%3DSECRET%26id")]
    [InlineData("?code=SECRET", "\"/hook?code\\u003dSECRET\\u0026id\"")]
    [InlineData("?code=SECRET", "\"line\\nSECRET\"")]
    [InlineData("?SECRET", "SECRET")]
    [InlineData("?a=1&SECRET&b=2", "(SECRET)")]
    [InlineData("?a=&b=x=SECRET=", "x=SECRET=")]
    [InlineData("?code=a%2Fb%20c%2bd", "a%2Fb%20c%2bd")]
    [InlineData("?code=a%2Fb%20c%2bd", "a/b c+d")]
    [InlineData("?code=a%2Fb%20c%2bd", "a%2fb+c%2Bd")]
    [InlineData("?code=a+secret+phrase", "a secret phrase")]
    [InlineData("?code=a+secret+phrase", "a%20secret%20phrase")]
    [InlineData("?code=geheim-\u00e4\u00f6", "geheim-\u00e4\u00f6")]
    [InlineData("?code=geheim-\u00e4\u00f6", "geheim-\\u00e4\\u00f6")]
    [InlineData("?code=a%26b%22c%3Cd%3Ee", "a&amp;b&quot;c&lt;d&gt;e")]
    [InlineData("?auth=Key%202f7a91c0", "unknown 2f7a91c0")]
    [InlineData("?code=SECRET-of-ours", "it ends in SECRET-o")]
    [InlineData("?id={body:/id}&code=SECRET-of-ours", "SECRET-of-ours")]
    [InlineData("?code=SECRET-{body:/id}-of-ours", "SECRET-other")]
    [InlineData("?code={body:/id}SECRET-of-ours", "SECRET-of-ours")]
    [InlineData("?code=k3y{body:/id}", "k3y7f")]
    [InlineData("?{attribute:tenant}=SECRET", "SECRET")]
    [InlineData("?k3y-{attribute:tenant}", "k3y-acme")]
    [InlineData("?code=aB3%2FdE6%2BgH9%2FjK2%22mN5%3D", "{\"k\":\"aB3\\/dE6+gH9\\/jK2\\\"mN5=\"}")]
    [InlineData("?code=aB3%2FdE6%2BgH9%2FjK2%22mN5%3D", "aB3&#x2F;dE6&#43;gH9/jK2&#34;mN5=")]
    [InlineData("?code=aB3%2FdE6%2BgH9%2FjK2%22mN5%3D", "aB3/dE6%2BgH9/jK2%22mN5=")]
    [InlineData("?code=aB3%2FdE6%2BgH9%2FjK2%22mN5%3D", "aB3%2fdE6+gH9%2fjK2\"mN5=")]
    [InlineData("?code=aB3%2FdE6%2BgH9%2FjK2%22mN5%3D", "aB3%252FdE6%252BgH9%252FjK2%2522mN5%253D")]
    [InlineData("?code=aB3%2FdE6%2BgH9%2FjK2%22mN5%3D", "{\"log\":\"{\\\"k\\\":\\\"aB3\\\\/dE6+gH9/jK2\\\\\\\"mN5=\\\"}\"}")]
    [InlineData(
        "?code=aB3%2FdE6%2BgH9%2FjK2%22mN5%3D",
        "\\u0061\\u0042\\u0033\\u002f\\u0064\\u0045\\u0036\\u002b\\u0067\\u0048\\u0039\\u002f"
            + "\\u006a\\u004b\\u0032\\u0022\\u006d\\u004e\\u0035\\u003d")]
    [InlineData("?code=aB3%2FdE6%2BgH9%2FjK2%22mN5%3D", "YUIzL2RFNitnSDkvaksyIm1ONT0=")]
    [InlineData("?code=aB3%2FdE6%2BgH9%2FjK2%22mN5%3D", "WC1BcGktS2V5OiBhQjMvZEU2K2dIOS9qSzIibU41PQ0K")]
    [InlineData("?code=aB3%2FdE6%2BgH9%2FjK2%22mN5%3D", "WC1BcGktS2V5czogYUIzL2RFNitnSDkvaksyIm1ONT0NCg==")]
    [InlineData("?code=aB3%2FdE6%2BgH9%2FjK2%22mN5%3D", "6142332f6445362b6748392f6a4b32226d4e353d")]
    [InlineData("?code=aB3%2FdE6%2BgH9%2FjK2%22mN5%3D", "cut here: aB3\\/dE6+gH9\\u00")]
    [InlineData("?SecretSecret1234=", "no SecretSecret1234 here")]
    [InlineData("?auth=Key%202f7a91", "unknown 2f7a91")]
    [InlineData("?auth=Ym9iOmh1bnRlcjIy", "user bob:hunter22 refused")]
    public async Task A_literal_of_a_query_is_not_passed_on(string query, string text)
    {
        Assert.Equal(LeftOut, await ResponseAsync(text, $$"""[{"name":"a","url":"{{endpoint.Url}}hook{{query}}"}]"""));
        if (!query.Contains('{')) Assert.Equal(LeftOut, await ResponseAsync(text, "", ("FORWARD_URL", $"{endpoint.Url}hook{query}")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("X-Api-Key", "SECRET-of-ours", "key SECRET-of-ours is revoked")]
    [InlineData("X-Api-Key", "SECRET", "{\"key\":\"SECRET\"}")]
    [InlineData("X-Api-Key", "SECRET {{x}}", "SECRET {x}")]
    [InlineData("X-Api-Key", "Key 2f7a91c0", "2f7a91c0 is revoked")]
    [InlineData("X-Api-Key", "Key 2f7a91c0", "2f7a91c0 is revoked", "message")]
    [InlineData("Cookie", "session=2f7a91c0; a=b", "no session 2f7a91c0")]
    [InlineData("X-Tenant", "SECRET-{attribute:tenant}", "SECRET-other")]
    [InlineData("X-Tenant", "k3y{attribute:tenant}", "k3yacme")]
    [InlineData("X-Tenant", "{attribute:tenant}-SECRET", "other-SECRET")]
    [InlineData("X-Tenant", "{attribute:tenant}k3y", "acmek3y")]
    public async Task A_literal_of_a_header_is_not_passed_on(string name, string value, string text, string? request = null) =>
        Assert.Equal(LeftOut, await ResponseAsync(text, Route(name, value, request)));

    [Theory(Timeout = 30_000)]
    [InlineData("?code=SECRET", "SECRETS and TOPSECRET and 1SECRET")]
    [InlineData("?code=SECRET", "code")]
    [InlineData("?notify=true&v=1", "it is untrue that 10 is v1")]
    [InlineData("?id={body:/id}", "no order 7f of acme")]
    [InlineData("?range={body:/id}-{attribute:tenant}", "no-one has 7f")]
    [InlineData("?", "anything")]
    [InlineData("", "/hook")]
    [InlineData("?code=SECRET-of-ours", "SECRET of theirs")]
    public async Task Any_other_answer_to_a_query_is_passed_on(string query, string text) =>
        Assert.Equal(text, await ResponseAsync(text, $$"""[{"name":"a","url":"{{endpoint.Url}}hook{{query}}"}]"""));

    [Fact(Timeout = 30_000)]
    public async Task A_route_that_has_no_URL_passes_answers_on_too()
    {
        answer = "no such order";
        var routes = $$"""[{"name":"a","request":"message","allowedHosts":["{{endpoint.Url.Authority}}"],"allowPrivate":true}]""";

        var delivery = await Given.DeliveryAsync(Given.Message(body: $$"""{"url":"{{endpoint.Url}}"}"""), ("FORWARD_ROUTES", routes));

        Assert.Equal((Outcome.Rejected, "no such order"), (delivery.Outcome, delivery.Response));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("X-Tenant", "{attribute:tenant}", "no tenant acme")]
    [InlineData("Content-Type", "application/vnd.orders+json", "application/vnd.orders+json is not supported")]
    [InlineData("Accept", "application/json", "application/json")]
    [InlineData("accept-language", "de-CH, de", "de-CH, de")]
    [InlineData("Prefer", "respond-async", "respond-async is not supported")]
    [InlineData("If-Match", "\\\"3-of-many\\\"", "\"3-of-many\"")]
    [InlineData("ce-type", "com.example.order", "com.example.order")]
    public async Task An_answer_that_repeats_a_value_of_the_message_or_of_a_public_header_is_passed_on(string name, string value, string text) =>
        Assert.Equal(text, await ResponseAsync(text, Route(name, value, request: null)));

    [Theory(Timeout = 30_000)]
    [InlineData(1020)]
    [InlineData(1016)]
    [InlineData(1010)]
    public async Task A_literal_in_which_the_answer_is_cut_is_not_passed_on(int before) => Assert.Equal(
        LeftOut,
        await ResponseAsync($"{new string(' ', before)}SECRET-of-ours", $$"""[{"name":"a","url":"{{endpoint.Url}}hook?code=SECRET-of-ours"}]"""));

    /// <summary>Random values, repeated as endpoints do.</summary>
    [Fact(Timeout = 30_000)]
    public Task No_way_to_write_a_long_value_shows_it()
    {
        var inputs = Gen.Select(Gen.Char['!', '~'].Array[8, 39].Select(characters => new string(characters)), Gen.Int[0, 4]);
        return Property.HoldsAsync(inputs, runs: 100, async input =>
        {
            var (secret, form) = input;
            var headers = new Dictionary<string, string> { ["X-Key"] = secret.Replace("{", "{{").Replace("}", "}}") };
            var routes = JsonSerializer.Serialize(new[]
            {
                new { name = "a", url = $"{endpoint.Url}hook?k={Uri.EscapeDataString(secret)}", headers },
            });

            Assert.Equal(LeftOut, await ResponseAsync($"<{Written(secret, form)}>", routes));
        }, input => $"{input.Item1} as {Written(input.Item1, input.Item2)}");
    }

    private static string Written(string secret, int form) => form switch
    {
        0 => secret,
        1 => Uri.EscapeDataString(secret).ToLowerInvariant(),
        2 => JsonSerializer.Serialize(secret),
        3 => Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)),
        _ => System.Net.WebUtility.HtmlEncode(secret),
    };

    private string Route(string name, string value, string? request)
    {
        var described = request is null ? "" : $",\"request\":\"{request}\",\"allowPrivate\":true";
        return $$"""[{"name":"a","url":"{{endpoint.Url}}hook","headers":{"{{name}}":"{{value}}"}{{described}}}]""";
    }

    private async Task<string?> ResponseAsync(string text, string routes, params (string, string)[] others)
    {
        answer = text;
        var message = routes.Contains("\"request\"", StringComparison.Ordinal) ? Given.Message("m-1") : Order;
        return (await Given.DeliveryAsync(message, [("FORWARD_ROUTES", routes), .. others])).Response;
    }
}
