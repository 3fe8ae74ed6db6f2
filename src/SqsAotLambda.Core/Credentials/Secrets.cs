using SqsAotLambda.Aws;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;

namespace SqsAotLambda.Credentials;

/// <summary>Asks for the value of a secret.</summary>
/// <exception cref="AwsException">It could not be had.</exception>
internal delegate Task<string> FetchSecret(SecretArn secret, Deadline deadline);

/// <summary>The secrets of all entries.</summary>
internal sealed class Secrets
{
    /// <summary>For all of them together: init takes ten seconds at most.</summary>
    private static readonly TimeSpan MaxPrefetch = TimeSpan.FromSeconds(3);

    private readonly Loop loop;
    private readonly Dictionary<SecretArn, StoredParts> stored = [];

    public Secrets(IEnumerable<SecretSource> sources, FetchSecret fetch, Loop loop, JsonLog log)
    {
        this.loop = loop;
        foreach (var secret in sources.OfType<StoredSecret>().GroupBy(source => source.Arn))
            stored.Add(secret.Key, new(secret.Key, secret, fetch, loop, log));
    }

    /// <exception cref="CredentialException">It could not be had, or is of no use.</exception>
    /// <exception cref="OutOfTimeException">The deadline passed first.</exception>
    public ValueTask<string> ReadAsync(SecretSource source, Deadline deadline) => source switch
    {
        StoredSecret secret => stored[secret.Arn].ReadAsync(secret, deadline),
        _ => new(((EnvironmentSecret)source).Value),
    };

    /// <inheritdoc cref="Credential.Refused"/>
    public void Refused(SecretSource source)
    {
        if (source is StoredSecret secret) stored[secret.Arn].Refused();
    }

    /// <summary>Fetches them all side by side, before the first message; what fails is fetched when it is needed.</summary>
    public async Task PrefetchAsync()
    {
        var deadline = Deadline.After(MaxPrefetch, loop.Time);
        await Task.WhenAll(stored.Values.Select(secret => secret.PrefetchAsync(MaxPrefetch, deadline)));
    }
}
