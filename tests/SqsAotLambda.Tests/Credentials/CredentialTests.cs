using System.Text;
using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Logging;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>Credentials that are made of a secret, or of the function's own role.</summary>
public sealed class CredentialTests
{
    private readonly Means means = Means();

    private static Deadline End => Deadline.Never;

    [Fact(Timeout = 30_000)]
    public async Task A_bearer_token() =>
        Assert.Equal("Bearer the-token", await AuthorizationAsync(new BearerEntry("a", Known("the-token")).Make(means)));

    /// <summary>The examples of RFC 7617, sections 2 and 2.1.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")]
    [InlineData("test", "123\u00a3", "Basic dGVzdDoxMjPCow==")]
    [InlineData("u", "a:b", "Basic dTphOmI=")]
    public async Task User_name_and_password(string username, string password, string header) =>
        Assert.Equal(header, await AuthorizationAsync(new BasicEntry("a", username, Known(password)).Make(means)));

    [Fact(Timeout = 30_000)]
    public async Task An_API_key_takes_the_place_of_a_header_of_its_name()
    {
        var request = new Request("POST", new("https://example.com"), null);
        request.Add("x-api-key", "other");

        await new HeaderEntry("a", "X-Api-Key", Known("the key")).Make(means).AuthorizeAsync(request, End);

        Assert.Equal(
            ["the key"],
            request.Headers.ToArray().Where(header => header.Name.Equals("X-Api-Key", StringComparison.OrdinalIgnoreCase))
                .Select(header => header.Value));
    }

    /// <summary>aws-sig-v4-test-suite, post-vanilla and post-vanilla-query.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("https://example.amazonaws.com", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("https://example.amazonaws.com/?Param1=value1", "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11")]
    public async Task A_role_signs_method_path_query_and_host(string url, string signature)
    {
        var request = new Request("POST", new(url), Array.Empty<byte>());

        await Role(token: null).AuthorizeAsync(request, End);

        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}",
            Authorization(request));
        Assert.Equal(
            ["20150830T123600Z"],
            request.Headers.ToArray().Where(header => header.Name.Equals("X-Amz-Date", StringComparison.OrdinalIgnoreCase))
                .Select(header => header.Value));
        Assert.Null(request.Find("X-Amz-Security-Token"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_role_signs_its_session_and_the_body()
    {
        var signed = await SignedAsync("https://example.com/a", "body");

        Assert.Equal(
            ["TOKEN"],
            signed.Headers.ToArray().Where(header => header.Name.Equals("X-Amz-Security-Token", StringComparison.OrdinalIgnoreCase))
                .Select(header => header.Value));
        Assert.Contains("SignedHeaders=host;x-amz-date;x-amz-security-token,", Authorization(signed), StringComparison.Ordinal);
        Assert.NotEqual(Authorization(signed), Authorization(await SignedAsync("https://example.com/a", "b0dy")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("https://example.com:8443/a")]
    [InlineData("https://example.org/a")]
    [InlineData("https://example.com/a%2Fb")]
    [InlineData("https://example.com/a?b")]
    public async Task Another_URL_has_another_signature(string url) =>
        Assert.NotEqual(Authorization(await SignedAsync("https://example.com/a", "")), Authorization(await SignedAsync(url, "")));

    [Theory(Timeout = 30_000)]
    [InlineData("https://example.com/?b=2&a=1", "https://example.com/?a=1&b=2")]
    [InlineData("https://example.com/?a=b+c", "https://example.com/?a=b%20c")]
    [InlineData("https://example.com/?a", "https://example.com/?a=")]
    [InlineData("https://example.com/x/../a", "https://example.com/a")]
    public async Task The_same_URL_in_another_form_has_the_same_signature(string one, string other) =>
        Assert.Equal(Authorization(await SignedAsync(one, "")), Authorization(await SignedAsync(other, "")));

    [Fact(Timeout = 30_000)]
    public async Task Without_keys_there_is_no_role()
    {
        var request = new Request("POST", new("https://example.com"), null);
        var credential = new SigV4Credential(new("iam", "lambda", "eu-west-1"), keys: null, Given.Clock());

        var exception = await Assert.ThrowsAsync<CredentialException>(async () => await credential.AuthorizeAsync(request, End));

        Assert.Equal("The environment has no AWS keys for \"iam\".", exception.Message);
    }

    private static EnvironmentSecret Known(string value) => new("env:SECRET", "a", SecretForm.Key, value);

    private static SigV4Credential Role(string? token) => new(
        new("iam", "service", "us-east-1"),
        new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token),
        new FakeTimeProvider(new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero)));

    private static async Task<Request> SignedAsync(string url, string body)
    {
        var request = new Request("POST", new(url), Encoding.UTF8.GetBytes(body));
        await Role("TOKEN").AuthorizeAsync(request, End);
        return request;
    }

    private static async Task<string> AuthorizationAsync(Credential credential)
    {
        var request = new Request("POST", new("https://example.com"), null);
        await credential.AuthorizeAsync(request, End);
        return Authorization(request);
    }

    private static string Authorization(Request request) =>
        Assert.Single(request.Headers.ToArray(), header => header.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>No secret of these tests is fetched, and no token.</summary>
    private static Means Means()
    {
        var log = new JsonLog(Stream.Null, LogLevel.Info, Given.Clock());
        var secrets = new Secrets([], (_, _) => throw new NotSupportedException(), Given.Loop(), log);
        var connector = new Connector(
            (_, _, _) => throw new NotSupportedException(), TrustStore.None, TimeSpan.FromSeconds(3), maxBody: 1024, TestLoop.Here);
        return new(secrets, new ConnectionPool(connector, new(TestLoop.Here), TestLoop.Here), Keys: null, TestLoop.Here, log);
    }
}
