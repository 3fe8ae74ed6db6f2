using System.Text.Json;
using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Reading;
using SqsAotLambda.Requests;

namespace SqsAotLambda.Settings;

/// <summary>Reads <c>FORWARD_AUTH</c>. Of an entry only its name is shown in a fault.</summary>
internal static class AuthReader
{
    private const string Setting = "FORWARD_AUTH";

    public static AuthEntries Read(Variables variables, UrlRule urls)
    {
        if (variables.Json(Setting) is not { } json) return AuthEntries.None;
        if (json.ValueKind is not JsonValueKind.Object)
        {
            variables.Fault($"{Setting} is not a JSON object.");
            return AuthEntries.None;
        }

        List<AuthEntry> entries = [];
        HashSet<string> names = [];
        var place = 0;
        foreach (var member in json.EnumerateObject())
        {
            place++;
            if (!IsName(member.Name))
                variables.Fault($"{Setting} has a name at place {place} that is not made of A to Z, a to z, 0 to 9, _ and -.");
            else if (!names.Add(member.Name))
                variables.Fault($"{Setting} has two entries named {member.Name}.");
            else if (Read(member, variables, urls) is { } entry)
                entries.Add(entry);
        }

        names.ExceptWith(entries.Select(entry => entry.Name));
        return new()
        {
            Credentials = entries.OfType<CredentialEntry>().ToDictionary(entry => entry.Name),
            Signatures = entries.OfType<SignatureEntry>().ToDictionary(entry => entry.Name),
            Faulty = names,
        };
    }

    private static AuthEntry? Read(JsonProperty json, Variables variables, UrlRule urls)
    {
        var (name, members) = (json.Name, variables.Object(json.Value, $"{Setting} \"{json.Name}\""));
        if (json.Value.ValueKind is not JsonValueKind.Object) return null;

        var rules = new EntryRules(urls, HeaderNames.Allowed, HeaderNames.IsFree, variables.Named("AWS_REGION"));
        if (AuthEntry.Read(name, members, new(variables), rules) is not { } entry) return null;

        members.RefuseUnknown();
        // Otherwise messages for FORWARD_URL would go without it.
        if (name == "default" && entry is SignatureEntry) members.Fault("is a signature; the one that FORWARD_URL uses is named default-sign");
        if (name == "default-sign" && entry is CredentialEntry) members.Fault("is a credential; the one that FORWARD_URL uses is named default");
        return entry;
    }

    private static bool IsName(string text) => text.Length > 0 && text.All(each => char.IsAsciiLetterOrDigit(each) || each is '_' or '-');
}
