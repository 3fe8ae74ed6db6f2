using System.Text;

namespace SqsAotLambda.Requests;

/// <summary>A text with expressions in braces, such as <c>/orders/{body:/id}</c>; <c>{{</c> and <c>}}</c> stand for a brace.</summary>
/// <param name="Parts">In order.</param>
internal sealed record Template(IReadOnlyList<Template.Part> Parts)
{
    public const string Allowed = $"a text whose expressions in braces are {Expression.Allowed}, and {{{{ and }}}} for a brace";

    public bool HasExpressions => Parts.Any(part => part.Expression is not null);

    /// <summary>Null when the text is not <see cref="Allowed"/>.</summary>
    public static Template? TryParse(string text)
    {
        var parts = new List<Part>();
        var literal = new StringBuilder();
        for (var index = 0; index < text.Length; index++)
        {
            var sign = text[index];
            if (sign is '{' or '}' && index + 1 < text.Length && text[index + 1] == sign)
            {
                literal.Append(sign);
                index++;
            }
            else if (sign == '{')
            {
                var end = text.IndexOf('}', index);
                if (end < 0 || Expression.TryParse(text[(index + 1)..end]) is not { } expression) return null;

                parts.Add(new(literal.ToString(), expression));
                literal.Clear();
                index = end;
            }
            else if (sign == '}')
            {
                return null;
            }
            else
            {
                literal.Append(sign);
            }
        }

        if (literal.Length > 0) parts.Add(new(literal.ToString(), null));
        return new(parts);
    }

    /// <summary>The literals with the same text in the place of each expression.</summary>
    public string Join(string value) => string.Concat(Parts.Select(part => part.Literal + (part.Expression is null ? "" : value)));

    /// <summary>A literal text and the expression behind it.</summary>
    /// <param name="Expression">Null at the end.</param>
    internal sealed record Part(string Literal, Expression? Expression);
}
