using SqsAotLambda.Aws;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Credentials;

/// <summary>Reads where a secret is. What is there in its place is never shown: it may be the secret.</summary>
/// <param name="variables">May hold secrets.</param>
internal sealed class SecretReader(Variables variables)
{
    /// <summary>Stands for a secret whose fault is told, or that is not needed, so that reading goes on to the next.</summary>
    public static readonly SecretSource Missing = new EnvironmentSecret("", "", SecretForm.Key, "");

    /// <param name="entry">What names the secret: a credential, a signature or a setting.</param>
    /// <param name="fault">Takes what is wrong, to follow what the secret is called.</param>
    public SecretSource Read(string text, SecretForm form, string entry, Action<string> fault)
    {
        if (Stored(text, form, entry) is { } stored) return stored;
        if (!text.StartsWith("env:", StringComparison.Ordinal) || !IsVariable(text.AsSpan(4)))
            fault($"that is not allowed; it takes {SecretSource.Allowed}");
        else if (variables.Named(text[4..]) is not { } value)
            RefuseMissing(fault);
        else if (!form.Fits(value))
            fault($"in an environment variable that {form.Fault}");
        else
            return new EnvironmentSecret(text, entry, form, value);

        return Missing;
    }

    private void RefuseMissing(Action<string> fault)
    {
        if (!variables.WithoutSecrets) fault("in an environment variable that is missing or empty");
    }

    private static StoredSecret? Stored(string text, SecretForm form, string entry)
    {
        var (service, rest) = text.Split(':', 2) is [var before, var behind] ? (before, behind) : ("", "");
        var parts = rest.Split('#', 2);
        return SecretArn.TryParse(parts[0]) is { } arn && arn.Service == service && parts is [_] or [_, { Length: > 0 }]
            ? new(text, entry, form, arn, parts.ElementAtOrDefault(1))
            : null;
    }

    private static bool IsVariable(ReadOnlySpan<char> text)
    {
        foreach (var each in text)
        {
            if (!char.IsAsciiLetterOrDigit(each) && each != '_') return false;
        }

        return text.Length > 0;
    }
}
