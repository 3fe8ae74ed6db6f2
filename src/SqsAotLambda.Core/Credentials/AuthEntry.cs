using SqsAotLambda.Aws;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Credentials;

/// <summary>A credential or a signature as the settings have it.</summary>
internal abstract record AuthEntry(string Name)
{
    /// <summary>In the order in which faults list them.</summary>
    private static readonly Dictionary<string, Func<EntryReader, AuthEntry>> Types = new()
    {
        ["bearer"] = BearerEntry.Read,
        ["oauth2"] = OAuth2Entry.Read,
        ["basic"] = BasicEntry.Read,
        ["header"] = HeaderEntry.Read,
        ["sigv4"] = SigV4Entry.Read,
        ["standard-webhooks"] = StandardWebhooksEntry.Read,
        ["hmac-sha256"] = HmacSha256Entry.Read,
    };

    /// <summary>Its type and what is no secret of it.</summary>
    public abstract string Summary { get; }

    public abstract IEnumerable<SecretSource> Secrets { get; }

    /// <summary>That it sets in each request, in this order.</summary>
    public abstract IReadOnlyList<string> Headers { get; }

    /// <summary>Null: it has no type that there is, which is told as all its faults are.</summary>
    public static AuthEntry? Read(string name, Members members, SecretReader secrets, EntryRules rules)
    {
        var type = members.Text("type");
        if (Types.TryGetValue(type, out var read)) return read(new(name, members, secrets, rules));

        if (type.Length > 0)
            members.Fault($"has a type that is not allowed; it takes {string.Join(", ", Types.Keys.SkipLast(1))} or {Types.Keys.Last()}");
        return null;
    }
}

/// <summary>What a route may name as its <c>auth</c>.</summary>
internal abstract record CredentialEntry(string Name) : AuthEntry(Name)
{
    public abstract Credential Make(Means means);
}

/// <summary>What a route may name as its <c>sign</c>.</summary>
internal abstract record SignatureEntry(string Name) : AuthEntry(Name)
{
    public abstract Signature Make(Means means);
}

/// <summary>What credentials and signatures are made with.</summary>
/// <param name="Connections">To token endpoints.</param>
/// <param name="Keys">Null when the environment has none.</param>
internal sealed record Means(Secrets Secrets, ConnectionPool Connections, AwsCredentials? Keys, Loop Loop, JsonLog Log);
