using SqsAotLambda.Aws;

namespace SqsAotLambda.Credentials;

/// <summary>Asks for the value of a secret.</summary>
/// <exception cref="AwsException">It could not be had.</exception>
internal delegate Task<string> FetchSecret(SecretArn secret, CancellationToken deadline);

/// <summary>The secrets of all entries. One that is stored at AWS is kept for a time, and used on while it cannot be fetched anew.</summary>
internal sealed class Secrets
{
    /// <summary>How long a change of a secret may go unseen, unless the old one is refused.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);

    /// <summary>For all of them together: init takes ten seconds at most.</summary>
    private static readonly TimeSpan MaxPrefetch = TimeSpan.FromSeconds(3);

    private readonly TimeProvider time;
    private readonly Log log;
    private readonly Dictionary<SecretArn, Cached<SecretText>> stored = [];
    private readonly Dictionary<SecretArn, string> entries = [];

    public Secrets(IEnumerable<SecretSource> sources, FetchSecret fetch, TimeProvider time, Log log)
    {
        (this.time, this.log) = (time, log);
        foreach (var secret in sources.OfType<StoredSecret>().GroupBy(source => source.Arn))
        {
            var names = string.Join(", ", secret.Select(source => source.Entry).Distinct());
            entries.Add(secret.Key, names);
            stored.Add(secret.Key, new(deadline => FetchAsync(fetch, secret.Key, names, deadline), why => log.SecretFailed(names, why), time));
        }
    }

    /// <exception cref="CredentialException">It could not be had, or is of no use.</exception>
    /// <exception cref="OperationCanceledException">The deadline passed first.</exception>
    public ValueTask<string> ReadAsync(SecretSource source, CancellationToken deadline) => source switch
    {
        StoredSecret secret => ReadAsync(secret, deadline),
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
        using var timer = new CancellationTokenSource(MaxPrefetch, time);
        await Task.WhenAll(stored.Keys.Select(arn => PrefetchAsync(stored[arn], entries[arn], timer.Token)));
    }

    private async Task PrefetchAsync(Cached<SecretText> secret, string names, CancellationToken deadline)
    {
        try
        {
            await secret.GetAsync(deadline);
        }
        catch (CredentialException e)
        {
            log.SecretFailed(names, e.Message);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            log.SecretFailed(names, $"It did not come in {MaxPrefetch.TotalSeconds} s.");
        }
    }

    private async ValueTask<string> ReadAsync(StoredSecret source, CancellationToken deadline)
    {
        var secret = await stored[source.Arn].GetAsync(deadline);
        var value = secret.Pick(source.Key) ?? throw new CredentialException($"The secret of \"{source.Entry}\" is not a JSON object with a text under its key.");
        return source.Form.Fits(value) ? value : throw new CredentialException($"The secret of \"{source.Entry}\" {source.Form.Fault}.");
    }

    private async Task<Fetched<SecretText>> FetchAsync(FetchSecret fetch, SecretArn secret, string names, CancellationToken deadline)
    {
        try
        {
            var text = await fetch(secret, deadline);
            return new(new(text), time.GetUtcNow() + FreshFor, DateTimeOffset.MaxValue);
        }
        catch (AwsException e)
        {
            throw new CredentialException($"The secret of \"{names}\" could not be fetched: {e.Message}");
        }
    }
}
