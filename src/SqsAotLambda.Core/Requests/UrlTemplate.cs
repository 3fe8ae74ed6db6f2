using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>A URL whose path and query may hold expressions; scheme, host and port never do.</summary>
internal sealed class UrlTemplate
{
    /// <summary>In characters: what common servers take at most.</summary>
    public const int MaxLength = 8000;

    public const string TooLong = "the URL is longer than 8000 characters";

    /// <summary>All that may be written in a URL without fragment, with the brackets that some queries have.</summary>
    public static readonly SearchValues<char> UrlCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?[]@!$&'()*+,;=%");

    /// <summary>Otherwise %2e would become a dot.</summary>
    public static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>In characters.</summary>
    private const int MinSecretName = 8;

    /// <summary>In the place of an expression. Values are percent-encoded: they add no parameter, and no sign of equality.</summary>
    private const string Gap = "{}";

    private readonly Template template;
    private readonly Uri? whole;

    /// <param name="template">With literals as they are sent.</param>
    private UrlTemplate(Template template)
    {
        this.template = template;
        var path = new StringBuilder();
        foreach (var (literal, expression) in template.Parts)
        {
            path.Append(literal.Split('?')[0]);
            if (literal.Contains('?')) break;
            if (expression is null) continue;

            path.Append('{').Append(expression.Text).Append('}');
            HasTemplatedPath = true;
        }

        Shown = path.ToString();
    }

    /// <summary>A URL without expressions.</summary>
    public UrlTemplate(Uri whole)
    {
        this.whole = whole;
        template = new([]);
        Shown = whole.GetLeftPart(UriPartial.Path);
    }

    /// <summary>As it is written, without the query, which may hold a secret.</summary>
    public string Shown { get; }

    public bool HasTemplatedPath { get; }

    public bool HasQuery => whole is null ? template.Parts.Any(part => part.Literal.Contains('?')) : whole.Query.Length > 0;

    public bool HasExpressions => whole is null;

    /// <summary>Where it leads, whatever the message: scheme, host and port at least.</summary>
    public Uri Start => whole ?? new(template.Parts[0].Literal);

    /// <summary>Of the query, with gaps for expressions; one that is empty where there is none.</summary>
    private string[] WrittenParameters =>
        (whole?.PathAndQuery ?? template.Join(Gap)).Split('?', 2).ElementAtOrDefault(1)?.Split('&') ?? [""];

    /// <summary>Null when the text is not allowed.</summary>
    public static UrlTemplate? TryParse(string text, UrlRule urls)
    {
        // .NET ignores outer spaces too.
        if (Template.TryParse(text.Trim()) is not { } template) return null;

        // Judged with a sample in the place of each expression.
        var sample = template.Join("x");
        if (urls.TryParse(sample) is not { } url) return null;
        if (!template.HasExpressions) return new(url);

        // The host ends before the first expression.
        var start = template.Parts[0].Literal;
        var scheme = url.Scheme + Uri.SchemeDelimiter;
        var hostLength = start.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? start.AsSpan(scheme.Length).IndexOfAny("/?\\") : -1;
        if (hostLength < 0 || PathRule.FaultOf(sample.Split('?')[0]) is not null) return null;

        return new(WithSentLiterals(template, scheme.Length + hostLength));
    }

    /// <summary>What a URL can't hold is percent-encoded, as .NET does it in one without expressions.</summary>
    /// <param name="pathAt">In the first literal.</param>
    private static Template WithSentLiterals(Template template, int pathAt)
    {
        var parts = new List<Template.Part>();
        var inQuery = false;
        foreach (var (literal, expression) in template.Parts)
        {
            var sent = new StringBuilder();
            if (parts.Count == 0) sent.Append(literal, 0, pathAt).Append(literal[pathAt] is '/' or '\\' ? "" : "/");
            for (var index = parts.Count == 0 ? pathAt : 0; index < literal.Length; index++)
            {
                var sign = literal[index];
                inQuery |= sign == '?';
                if (sign == '\\' && !inQuery) sent.Append('/');
                else if (sign == '%' && !IsEscape(literal.AsSpan(index))) sent.Append("%25");
                else if (UrlCharacters.Contains(sign)) sent.Append(sign);
                else if (char.IsHighSurrogate(sign)) sent.Append(Uri.EscapeDataString(literal.AsSpan(index++, 2)));
                else sent.Append(Uri.EscapeDataString(sign.ToString()));
            }

            parts.Add(new(sent.ToString(), expression));
        }

        return new(parts);

        static bool IsEscape(ReadOnlySpan<char> text) => text.Length > 2 && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]);
    }

    /// <param name="fault">What a message lacks for it.</param>
    public bool TryFill(Message message, [NotNullWhen(true)] out Uri? url, [NotNullWhen(false)] out string? fault)
    {
        (url, fault) = (whole, null);
        if (url is not null) return true;

        var text = new StringBuilder();
        var inQuery = false;
        foreach (var (literal, expression) in template.Parts)
        {
            text.Append(literal);
            inQuery |= literal.Contains('?');
            if (expression is null) continue;

            var isLonger = expression.IsLonger(message, MaxLength);
            var value = isLonger ? "" : expression.TextOf(message);
            var encoded = Uri.EscapeDataString(value is { Length: <= MaxLength } ? value : "");
            isLonger |= value?.Length > MaxLength || text.Length + encoded.Length > MaxLength;
            fault = value is null ? $"{{{expression.Text}}} is missing"
                : isLonger ? $"{{{expression.Text}}} makes the URL longer than {MaxLength} characters"
                : !inQuery && value.Length == 0 ? $"{{{expression.Text}}} is empty"
                : null;
            if (fault is not null) return false;

            text.Append(encoded);
        }

        url = new(text.ToString(), AsItIs);
        fault = text.Length > MaxLength ? TooLong
            : PathRule.FaultOf(url.AbsolutePath) is { } wrong ? $"a value {wrong} in the path of the URL"
            : null;
        return fault is null;
    }

    /// <summary>
    /// What the settings write into values of the query, as it is written: whole values, and the parts before, between and behind
    /// expressions.
    /// </summary>
    public IEnumerable<string> QueryLiterals =>
        WrittenParameters.SelectMany(parameter => ValueOf(parameter).Split(Gap)).Where(literal => literal.Length > 0);

    /// <summary>Values of the query of a URL that this one was filled to, but for those that are the message's alone.</summary>
    public IEnumerable<string> WrittenValuesOf(Uri filled) => filled.Query.Length < 2 ? [] : filled.Query[1..].Split('&')
        .Zip(WrittenParameters, (parameter, written) => ValueOf(written) == Gap ? "" : ValueOf(parameter))
        .Where(value => value.Length > 0);

    /// <summary>
    /// Path and query of a URL that this one was filled to, without the values that the settings write into the query: they may be secrets.
    /// </summary>
    public string Conceal(Uri filled, string mask)
    {
        if (filled.PathAndQuery.Split('?', 2) is not [var path, var query]) return filled.PathAndQuery;

        var parameters = query.Split('&').Zip(WrittenParameters, (parameter, written) =>
            ValueOf(written) != Gap && ValueOf(parameter).Length > 0 ? Masked(parameter, mask) : parameter);
        return $"{path}?{string.Join('&', parameters)}";
    }

    private static string Masked(string parameter, string mask) =>
        parameter.Split('=', 2) is [_, ""] ? $"{mask}=" : parameter[..^ValueOf(parameter).Length] + mask;

    /// <summary>Of a parameter that has none, its name, where that is long enough for a secret.</summary>
    private static string ValueOf(string parameter) =>
        parameter.Split('=', 2) is [{ Length: >= MinSecretName } name, ""] ? name : parameter[(parameter.IndexOf('=') + 1)..];
}
