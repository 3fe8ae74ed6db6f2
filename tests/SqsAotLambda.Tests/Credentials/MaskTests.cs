using SqsAotLambda.Commands;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Requests;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>Masks stand in the headers that credentials and signatures set, and in no others.</summary>
public sealed class MaskTests : IAsyncDisposable
{
    private const string Auth = """
        {
          "a": { "type": "bearer", "token": "env:SECRET" }, "b": { "type": "basic", "username": "u", "password": "env:SECRET" },
          "c": { "type": "header", "name": "X-Key", "value": "env:SECRET" },
          "d": { "type": "sigv4", "service": "lambda", "region": "eu-west-1" },
          "e": { "type": "oauth2", "tokenUrl": "TOKENS", "clientId": "id", "clientSecret": "env:SECRET" },
          "f": { "type": "standard-webhooks", "secret": "env:SECRET" },
          "g": { "type": "hmac-sha256", "header": "X-S", "secret": "env:SECRET" }
        }
        """;

    private readonly StubServer tokens = new(_ => Replies.Status(200, """{"access_token":"t","token_type":"Bearer"}"""));

    public ValueTask DisposeAsync() => tokens.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Each_entry_names_the_headers_that_it_sets()
    {
        foreach (var use in (string[])["auth: a", "auth: b", "auth: c", "auth: d", "auth: e", "sign: f", "sign: g"])
        {
            var none = await HeadersAsync(use: null, Substitutes.None);
            var real = await HeadersAsync(use, Substitutes.None);
            var masked = await HeadersAsync(
                use, new() { Credential = entry => new MaskedCredential(entry), Signature = entry => new MaskedSignature(entry) });

            var set = real.Except(none).ToList();
            Assert.NotEmpty(set);
            Assert.Equal(set.Select(header => (header.Name, "***")), masked.Except(none));
        }
    }

    /// <summary>Of a request whose route uses that entry.</summary>
    /// <param name="use">Null: none.</param>
    private async Task<IReadOnlyList<(string Name, string Value)>> HeadersAsync(string? use, Substitutes instead)
    {
        var entry = use?.Split(": ");
        var settings = Given.Settings(
            new("https://example.com"),
            ("FORWARD_AUTH", Auth.Replace("TOKENS", tokens.Url.ToString(), StringComparison.Ordinal)),
            ("SECRET", Convert.ToBase64String(new byte[24])),
            (
                "FORWARD_ROUTES",
                $$"""[{"name":"a","url":"https://example.com"{{(entry is null ? "" : $",\"{entry[0]}\":\"{entry[1]}\"")}}}]"""));
        IReadOnlyList<(string, string)> headers = [];
        var around = Given.Surroundings(Given.Clock()) with { Credentials = new("AKID", "key", "session") };
        using var function = Function.Compose(settings, around, instead with { Ask = Keep });

        Assert.Equal(Outcome.Delivered, (await Given.DeliverAsync(function, Given.Message())).Outcome);
        return headers;

        ValueTask<Answer> Keep(Request request, Route route, TimeSpan? again, Deadline deadline)
        {
            headers = [.. request.Headers.ToArray().Select(header => (header.Name, header.Value))];
            return new(new Answer(200));
        }
    }
}
