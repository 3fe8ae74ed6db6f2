using SqsAotLambda.Aws;
using SqsAotLambda.Commands;
using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>Masks stand in the headers that credentials and signatures set, and in no others.</summary>
public sealed class MaskTests
{
    [Fact(Timeout = 30_000)]
    public async Task Each_entry_names_the_headers_that_it_sets()
    {
        await using var tokens = new StubServer(_ => Replies.Status(200, """{"access_token":"t","token_type":"Bearer"}"""));
        var settings = Given.Settings(
            new("https://example.com"),
            ("FORWARD_AUTH", $$"""
                {
                  "a": { "type": "bearer", "token": "env:SECRET" }, "b": { "type": "basic", "username": "u", "password": "env:SECRET" },
                  "c": { "type": "header", "name": "X-Key", "value": "env:SECRET" },
                  "d": { "type": "sigv4", "service": "lambda", "region": "eu-west-1" },
                  "e": { "type": "oauth2", "tokenUrl": "{{tokens.Url}}", "clientId": "id", "clientSecret": "env:SECRET" },
                  "f": { "type": "standard-webhooks", "secret": "env:SECRET" },
                  "g": { "type": "hmac-sha256", "header": "X-S", "secret": "env:SECRET" }
                }
                """),
            ("SECRET", Convert.ToBase64String(new byte[24])));
        using var connections = Given.Connections(settings);
        using var keyring = new Keyring(
            settings.Auth,
            secretsManager: null,
            parameterStore: null,
            connections,
            new AwsCredentials("AKID", "key", "session"),
            TrustStore.Default,
            Given.Clock(),
            new JsonLog(Stream.Null, LogLevel.Fatal, Given.Clock()));

        foreach (var (name, entry) in settings.Auth.Credentials)
            await AssertSameAsync(
                request => keyring.Credentials[name].AuthorizeAsync(request, Deadline.Never),
                request => new MaskedCredential(entry).AuthorizeAsync(request, default));
        foreach (var (name, entry) in settings.Auth.Signatures)
            await AssertSameAsync(
                request => keyring.Signatures[name].SignAsync(request, "m", Deadline.Never),
                request => new MaskedSignature(entry).SignAsync(request, "m", default));
    }

    private static async Task AssertSameAsync(Func<Request, ValueTask> set, Func<Request, ValueTask> mask)
    {
        var (real, masked) = (new Request("POST", new("https://example.com"), null), new Request("POST", new("https://example.com"), null));

        await set(real);
        await mask(masked);

        Assert.NotEmpty(masked.Headers);
        Assert.Equal(real.Headers.Select(header => (header.Name, "***")), masked.Headers);
    }
}
