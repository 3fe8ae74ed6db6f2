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
    private const int MaxLength = 8000;

    private static readonly SearchValues<char> UrlCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?[]@!$&'()*+,;=%");

    private readonly Template template;
    private readonly Uri? whole;

    private UrlTemplate(string text, Template template)
    {
        this.template = template;
        Shown = text.Split('?')[0];
        HasTemplatedPath = Template.TryParse(Shown) is { HasExpressions: true };
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

    /// <summary>Null when the text is not allowed.</summary>
    public static UrlTemplate? TryParse(string text, UrlRule urls)
    {
        if (Template.TryParse(text) is not { } template) return null;

        // Judged with a sample in the place of each expression.
        var sample = string.Concat(template.Parts.Select(part => part.Literal + (part.Expression is null ? "" : "x")));
        if (urls.TryParse(sample) is not { } url) return null;
        if (!template.HasExpressions) return new(url);

        // The host ends before the first expression, and nothing is written that a URL can't hold.
        var start = template.Parts[0].Literal;
        var authority = url.Scheme.Length + Uri.SchemeDelimiter.Length;
        var isFixed = start.Length > authority && start.AsSpan(authority).IndexOfAny('/', '?') >= 0;
        var isPlain = template.Parts.All(part => !part.Literal.AsSpan().ContainsAnyExcept(UrlCharacters));
        var climbs = url.OriginalString.Split('?')[0].Split('/').Any(segment => segment is "." or "..");
        return isFixed && isPlain && !climbs ? new(text, template) : null;
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

            var value = expression.TextOf(message);
            fault = value is null ? $"{{{expression.Text}}} is missing"
                : !inQuery && !FitsPath(value) ? $"{{{expression.Text}}} is empty or climbs in the path of the URL"
                : text.Length + value.Length > MaxLength ? $"{{{expression.Text}}} makes the URL longer than {MaxLength} characters"
                : null;
            if (fault is not null) return false;

            text.Append(Uri.EscapeDataString(value!));
        }

        // Made as it is: the constructor would take %2e for a dot.
        url = new(text.ToString(), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        if (!ClimbsAnywhere(url)) return true;

        fault = "its values together climb in the path of the URL";
        return false;
    }

    /// <summary>A server may decode a slash before it looks for dots.</summary>
    private static bool FitsPath(string value) => value.Length > 0 && !value.Split('/', '\\').Any(step => step is "." or "..");

    /// <summary>Two expressions, or one and a literal, may make two dots together.</summary>
    private static bool ClimbsAnywhere(Uri url) => url.AbsolutePath.Split('/').Any(segment => segment is "." or "..");
}
