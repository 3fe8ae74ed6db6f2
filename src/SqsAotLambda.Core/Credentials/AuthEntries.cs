namespace SqsAotLambda.Credentials;

/// <summary>The credentials and signatures of the settings, by name.</summary>
internal sealed class AuthEntries
{
    public static readonly AuthEntries None = new();

    public IReadOnlyDictionary<string, CredentialEntry> Credentials { get; init; } = new Dictionary<string, CredentialEntry>();

    public IReadOnlyDictionary<string, SignatureEntry> Signatures { get; init; } = new Dictionary<string, SignatureEntry>();

    /// <summary>Names of entries that are neither: a fault of theirs is told already, and need not be again by a route.</summary>
    public IReadOnlySet<string> Faulty { get; init; } = new HashSet<string>();

    public bool IsEmpty => Credentials.Count == 0 && Signatures.Count == 0;

    public IEnumerable<SecretSource> Secrets => Credentials.Values.Concat<AuthEntry>(Signatures.Values).SelectMany(entry => entry.Secrets);

    public bool HasCredential(string name) => Credentials.ContainsKey(name) || Faulty.Contains(name);

    public bool HasSignature(string name) => Signatures.ContainsKey(name) || Faulty.Contains(name);

    /// <summary>The names of the headers that these two write.</summary>
    /// <param name="credential">Null: there is none.</param>
    /// <param name="signature">Null: there is none.</param>
    public IReadOnlyList<string> HeadersOf(string? credential, string? signature)
    {
        var headers = new List<string>();
        if (Credentials.GetValueOrDefault(credential ?? "") is { } shows) headers.AddRange(shows.Headers);
        if (Signatures.GetValueOrDefault(signature ?? "") is { } signs) headers.AddRange(signs.Headers);
        return headers;
    }
}
