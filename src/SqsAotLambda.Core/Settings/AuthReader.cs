using System.Text.Json;
using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Requests;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Settings;

/// <summary>Reads <c>FORWARD_AUTH</c>. Of an entry only its name is shown in a fault.</summary>
internal sealed class AuthReader
{
    private const string Setting = "FORWARD_AUTH";
    private const string Types = "bearer, oauth2, basic, header, sigv4, standard-webhooks or hmac-sha256";

    private readonly SettingsReader read;
    private readonly UrlRule urls;
    private readonly string name;
    private readonly SettingsObject entry;

    private AuthReader(SettingsReader read, UrlRule urls, string name, JsonElement json) =>
        (this.read, this.urls, this.name, entry) = (read, urls, name, read.Object(json, $"{Setting} \"{name}\""));

    public static AuthEntries Read(SettingsReader read, UrlRule urls)
    {
        if (read.Json(Setting) is not { } json) return AuthEntries.None;
        if (json.ValueKind is not JsonValueKind.Object)
        {
            read.Fault($"{Setting} is not a JSON object.");
            return AuthEntries.None;
        }

        Dictionary<string, CredentialEntry> credentials = [];
        Dictionary<string, SignatureEntry> signatures = [];
        HashSet<string> names = [];
        var place = 0;
        foreach (var member in json.EnumerateObject())
        {
            place++;
            if (!IsName(member.Name))
                read.Fault($"{Setting} has a name at place {place} that is not made of A to Z, a to z, 0 to 9, _ and -.");
            else if (!names.Add(member.Name))
                read.Fault($"{Setting} has two entries named {member.Name}.");
            else if (new AuthReader(read, urls, member.Name, member.Value).Entry(member.Value) is { } entry)
                Add(entry);
        }

        names.ExceptWith(credentials.Keys);
        names.ExceptWith(signatures.Keys);
        return new() { Credentials = credentials, Signatures = signatures, Faulty = names };

        void Add(AuthEntry entry)
        {
            if (entry is CredentialEntry credential) credentials.Add(entry.Name, credential);
            if (entry is SignatureEntry signature) signatures.Add(entry.Name, signature);
        }
    }

    private AuthEntry? Entry(JsonElement json)
    {
        if (json.ValueKind is not JsonValueKind.Object) return null;

        var made = entry.Text("type") switch
        {
            "bearer" => new BearerEntry(name, Secret("token", SecretForm.HeaderValue)),
            "oauth2" => new OAuth2Entry(
                name,
                Required("tokenUrl", $"{urls.Allowed}, and at no address that is refused", urls.TryParse) ?? new("https://missing.invalid"),
                Required("clientId", "printable ASCII", Printable) ?? "",
                Secret("clientSecret", SecretForm.HeaderValue),
                entry.Parsed("scope", "printable ASCII", Printable),
                entry.Parsed("audience", "printable ASCII", Printable)),
            "basic" => new BasicEntry(
                name,
                Required(
                    "username",
                    "a text without colons and control characters",
                    text => text.Contains(':') || text.Any(char.IsControl) ? null : text) ?? "",
                Secret("password", SecretForm.Password)),
            "header" => new HeaderEntry(name, Required("name", HeaderNames.Allowed, FreeHeader) ?? "", Secret("value", SecretForm.HeaderValue)),
            "sigv4" => new SigV4Entry(
                name,
                Required("service", "a name of a to z, 0 to 9 and -, such as execute-api", Region) ?? "",
                entry.Parsed("region", "a name of a to z, 0 to 9 and -, such as eu-west-1", Region) ?? OwnRegion()),
            "standard-webhooks" => new StandardWebhooksEntry(
                name,
                Secret("secret", SecretForm.WebhookKey),
                entry.Member("previous") is null ? null : Secret("previous", SecretForm.WebhookKey)),
            "hmac-sha256" => new HmacSha256Entry(
                name,
                Required("header", HeaderNames.Allowed, FreeHeader) ?? "",
                entry.Parsed("prefix", "printable ASCII", Printable) ?? "",
                Secret("secret", SecretForm.Key)),
            "" => null,
            _ => UnknownType(),
        };
        if (made is null) return null;

        entry.RefuseUnknown();
        // Otherwise messages for FORWARD_URL would go without it.
        if (name == "default" && made is SignatureEntry) entry.Fault("is a signature; the one that FORWARD_URL uses is named default-sign");
        if (name == "default-sign" && made is CredentialEntry) entry.Fault("is a credential; the one that FORWARD_URL uses is named default");
        return made;
    }

    private string OwnRegion()
    {
        if (read.Named("AWS_REGION") is { } region && ResourceName.IsLabel(region)) return region;

        if (entry.Member("region") is null) entry.Fault("has no region, and AWS_REGION names none");
        return "";
    }

    private AuthEntry? UnknownType()
    {
        entry.Fault($"has a type that is not allowed; it takes {Types}");
        return null;
    }

    private SecretSource Secret(string member, SecretForm form)
    {
        var text = entry.Text(member);
        return text.Length == 0 ? SecretReader.Missing : new SecretReader(read, name, what => entry.Fault($"has a {member} {what}")).Read(text, form);
    }

    /// <summary>Null when its fault is told.</summary>
    private T? Required<T>(string member, string allowed, Func<string, T?> parse)
        where T : class => entry.Text(member).Length == 0 ? null : entry.Parsed(member, allowed, parse);

    private static string? Printable(string text) => text.Length > 0 && HeaderText.IsPrintable(text) ? text : null;

    private static string? FreeHeader(string text) => HeaderNames.IsFree(text) ? text : null;

    private static string? Region(string text) => ResourceName.IsLabel(text) ? text : null;

    private static bool IsName(string text) => text.Length > 0 && text.All(each => char.IsAsciiLetterOrDigit(each) || each is '_' or '-');
}
