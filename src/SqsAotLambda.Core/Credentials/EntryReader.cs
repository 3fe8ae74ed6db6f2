using SqsAotLambda.Http;
using SqsAotLambda.Reading;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Credentials;

/// <summary>Reads the members of one entry. What is missing or not allowed is a fault, and something takes its place.</summary>
internal sealed class EntryReader(string name, Members members, SecretReader secrets, EntryRules rules)
{
    /// <summary>Of the entry.</summary>
    public string Name => name;

    /// <summary>Printable ASCII.</summary>
    public string Printable(string member) => members.Required(member, "printable ASCII", ParsePrintable) ?? "";

    /// <summary>Printable ASCII; null: there is none.</summary>
    public string? OptionalPrintable(string member) => members.Parsed(member, "printable ASCII", ParsePrintable);

    /// <param name="allowed">To follow "it takes".</param>
    public string Text(string member, string allowed, Func<string, bool> isAllowed) =>
        members.Required(member, allowed, text => isAllowed(text) ? text : null) ?? "";

    public Uri Url(string member) =>
        members.Required(member, $"{rules.Urls.Allowed}, and at no address that is refused", rules.Urls.TryParse) ?? new("https://missing.invalid");

    /// <summary>The name of a header.</summary>
    public string Header(string member) => Text(member, rules.Headers, rules.IsHeader);

    /// <summary>Of a part of AWS.</summary>
    /// <param name="example">Such a name.</param>
    public string Label(string member, string example) => Text(member, LabelAllowed(example), ResourceName.IsLabel);

    /// <summary>A region of AWS; that of the function where the entry has none.</summary>
    public string Region(string member)
    {
        if (members.Parsed(member, LabelAllowed("eu-west-1"), text => ResourceName.IsLabel(text) ? text : null) is { } region) return region;
        if (rules.Region is { } own && ResourceName.IsLabel(own)) return own;

        if (members.Member(member) is null) members.Fault($"has no {member}, and AWS_REGION names none");
        return "";
    }

    public SecretSource Secret(string member, SecretForm form) => members.Text(member) is { Length: > 0 } text
        ? secrets.Read(text, form, name, what => members.Fault($"has a {member} {what}"))
        : SecretReader.Missing;

    /// <summary>Null: there is none.</summary>
    public SecretSource? OptionalSecret(string member, SecretForm form) => members.Member(member) is null ? null : Secret(member, form);

    private static string? ParsePrintable(string text) => text.Length > 0 && HeaderText.IsPrintable(text) ? text : null;

    private static string LabelAllowed(string example) => $"a name of a to z, 0 to 9 and -, such as {example}";
}

/// <summary>What entries may name.</summary>
/// <param name="Headers">The names of headers that are allowed, to follow "it takes".</param>
/// <param name="Region">Of the function; null: not known.</param>
internal sealed record EntryRules(UrlRule Urls, string Headers, Func<string, bool> IsHeader, string? Region);
