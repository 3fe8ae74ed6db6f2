using System.Globalization;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Http;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Credentials;

/// <summary>Asks for tokens by OAuth 2.0's client credentials: <see href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4"/>.</summary>
internal sealed class TokenEndpoint(OAuth2Entry entry, Secrets secrets, ConnectionPool connections, TimeProvider time)
{
    /// <summary>For one token: an endpoint that is silent must not hold up the lanes.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Of a token that does not say.</summary>
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(1);

    /// <summary>Before a token expires; a tenth of its lifetime where that is less.</summary>
    private static readonly TimeSpan MaxMargin = TimeSpan.FromMinutes(1);

    /// <summary>Those of RFC 6749 and RFC 8707. Nothing else of an answer is shown: it may hold a secret.</summary>
    private static readonly string[] Errors =
    [
        "invalid_client", "invalid_grant", "invalid_request", "invalid_scope", "invalid_target", "unauthorized_client", "unsupported_grant_type",
    ];

    /// <exception cref="CredentialException">The endpoint gave none.</exception>
    /// <exception cref="OutOfTimeException">The deadline passed first.</exception>
    public async Task<Fetched<string>> FetchAsync(Deadline deadline)
    {
        try
        {
            var request = Build(await secrets.ReadAsync(entry.ClientSecret, deadline));
            var sent = time.GetUtcNow();
            var response = await connections.FetchAsync(request, Timeout, deadline);
            var answer = JsonText.Parse(response.Body);
            if (response.Status == 200) return Read(answer, sent);

            var error = JsonText.Member(answer, "error");
            if (response.Status == 401 || error == "invalid_client") secrets.Refused(entry.ClientSecret);
            throw Failure($"answered {response.Status}{(Errors.Contains(error) ? $": {error}" : "")}");
        }
        catch (HttpFaultException e)
        {
            var detail = FaultDetail.Of(e) is { } why ? $" ({why})" : "";
            throw Failure(e.Fault is Fault.Address ? "is at no address that may be dialled" : $"gave no answer: {e.Fault}{detail}");
        }
    }

    private Request Build(string secret)
    {
        var form = "grant_type=client_credentials";
        if (entry.Scope is { } scope) form += $"&scope={Encode(scope)}";
        if (entry.Audience is { } audience) form += $"&audience={Encode(audience)}";
        var request = new Request("POST", entry.TokenUrl, Encoding.ASCII.GetBytes(form));
        request.Add("Content-Type", "application/x-www-form-urlencoded");
        request.Add("Accept", "application/json");
        // Each is encoded before they are joined: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1.
        request.Add("Authorization", $"Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Encode(entry.ClientId)}:{Encode(secret)}"))}");
        return request;
    }

    private Fetched<string> Read(JsonElement answer, DateTimeOffset sent)
    {
        if (answer.ValueKind is not JsonValueKind.Object) throw Failure("gave an answer that is not a JSON object");
        if (!"bearer".Equals(JsonText.Member(answer, "token_type"), StringComparison.OrdinalIgnoreCase))
            throw Failure("gave a token that is not of the type bearer");
        if (JsonText.Member(answer, "access_token") is not { Length: > 0 } token || token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw Failure("gave no access_token of printable ASCII");

        var lifetime = Lifetime(answer);
        var margin = lifetime / 10 < MaxMargin ? lifetime / 10 : MaxMargin;
        return new(token, sent + lifetime - margin, sent + lifetime);
    }

    private TimeSpan Lifetime(JsonElement answer)
    {
        // Some endpoints write the number as a text.
        if (JsonText.NumberMember(answer, "expires_in") is not { } number) return DefaultLifetime;
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds == 0)
            throw Failure("gave an expires_in that is not a whole number of seconds above 0");

        return seconds < MaxLifetime.TotalSeconds ? TimeSpan.FromSeconds(seconds) : MaxLifetime;
    }

    private CredentialException Failure(string what) => new($"The token endpoint of \"{entry.Name}\" {what}.");

    private static string Encode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
