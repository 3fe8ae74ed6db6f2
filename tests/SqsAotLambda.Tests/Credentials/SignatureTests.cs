using System.Text;
using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>
/// The vectors of standard-webhooks/standard-webhooks (sign in libraries/go and libraries/javascript) and of GitHub's documentation of
/// webhooks.
/// </summary>
public sealed class SignatureTests
{
    private const string Official = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Body = """{"test": 2432232314}""";
    private const string OfficialSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private readonly FakeTimeProvider time = TestLoop.Follow(new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1614265330)));

    [Theory(Timeout = 30_000)]
    [InlineData(Official, Id, Body, OfficialSignature)]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Id, Body, OfficialSignature)]
    [InlineData(Official, "059f36b4-87a3-44ab-83d2-661975830a7d", Body, "v1,ty9Hxe1c6jCz43+ztyMN+1NQlVpyysypq+VFBkv46Lw=")]
    [InlineData(Official, "059f36b4-87a3-44ab-83d2-661975830a7d", "", "v1,oPeU77r5qs8iUIJg41an+GOia5+4gZb1ISoc8v9ZsqI=")]
    [InlineData(Official, "059f36b4-87a3-44ab-83d2-661975830a7d", """{"name":"héllo ☃"}""", "v1,8euHGUGd0bubYT4UQuTr8faJpdOKa9zxkU+9zRyI6bw=")]
    public async Task Standard_Webhooks(string secret, string id, string body, string signature)
    {
        var request = await SignedAsync(Webhooks(secret), id, body);

        Assert.Equal(id, Header(request, "webhook-id"));
        Assert.Equal("1614265330", Header(request, "webhook-timestamp"));
        Assert.Equal(signature, Header(request, "webhook-signature"));
    }

    /// <summary>As receivers of the official libraries take it: any signature of the list.</summary>
    [Fact(Timeout = 30_000)]
    public async Task While_a_secret_is_changed_both_sign_the_current_one_first()
    {
        const string current = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        var alone = await SignedAsync(Webhooks(current), Id, Body);

        var both = await SignedAsync(Webhooks(current, Official), Id, Body);

        Assert.Equal($"{Header(alone, "webhook-signature")} {OfficialSignature}", Header(both, "webhook-signature"));
        Assert.NotEqual(OfficialSignature, Header(alone, "webhook-signature"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Each_attempt_has_its_own_timestamp_and_signature()
    {
        var webhooks = Webhooks(Official);
        var first = await SignedAsync(webhooks, Id, Body);
        time.Advance(TimeSpan.FromSeconds(61.9));

        var second = await SignedAsync(webhooks, Id, Body);

        Assert.Equal("1614265391", Header(second, "webhook-timestamp"));
        Assert.Equal(Header(first, "webhook-id"), Header(second, "webhook-id"));
        Assert.NotEqual(Header(first, "webhook-signature"), Header(second, "webhook-signature"));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_id_from_outside_can_neither_end_itself_nor_the_header()
    {
        var request = await SignedAsync(Webhooks(Official), "a.1\r\nX: é", Body);

        Assert.Equal("a%2E1%0D%0AX: %C3%A9", Header(request, "webhook-id"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("It's a Secret to Everybody", "Hello, World!", "sha256=", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [InlineData("It's a Secret to Everybody", "Hello, World!", "", "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    public async Task Hmac_of_the_body(string secret, string body, string prefix, string signature)
    {
        var hmac = new HmacSha256(new("hub", "X-Hub-Signature-256", prefix, Known(secret)), NoSecrets());

        var request = await SignedAsync(hmac, Id, body);

        Assert.Equal(signature, Header(request, "X-Hub-Signature-256"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_signature_takes_the_place_of_a_header_of_its_name()
    {
        var request = new Request("POST", new("https://example.com"), null);
        request.Add("Webhook-Id", "other");

        await Webhooks(Official).SignAsync(request, Id, Deadline.Never);

        Assert.Equal(Id, Header(request, "webhook-id"));
    }

    private static EnvironmentSecret Known(string value) => new("env:SECRET", "hub", SecretForm.Key, value);

    private static Secrets NoSecrets() =>
        new([], (_, _) => throw new NotSupportedException(), Given.Loop(), new JsonLog(Stream.Null, LogLevel.Info, Given.Clock()));

    private static async Task<Request> SignedAsync(Signature signature, string id, string body)
    {
        var request = new Request("POST", new("https://example.com"), Encoding.UTF8.GetBytes(body));
        await signature.SignAsync(request, id, Deadline.Never);
        return request;
    }

    private static string Header(Request request, string name) =>
        Assert.Single(request.Headers.ToArray(), header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private StandardWebhooks Webhooks(string secret, string? previous = null) =>
        new(new("hub", Known(secret), previous is null ? null : Known(previous)), NoSecrets(), time);
}
