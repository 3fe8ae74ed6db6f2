using SqsAotLambda.Aws;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;

namespace SqsAotLambda.Credentials;

/// <summary>
/// The credentials and signatures of the settings and the key for dead letters, ready for use. Nothing is opened before the first secret or
/// token is needed.
/// </summary>
internal sealed class Keyring : IDisposable
{
    /// <summary>That of a function without either.</summary>
    public static readonly Keyring Empty = new();

    private readonly AwsJson? secretsManagerCalls, parameterStoreCalls;
    private readonly Secrets? secrets;

    private Keyring() { }

    /// <param name="secretsManager">In the place of AWS's own; null: AWS's own.</param>
    /// <param name="parameterStore">Likewise.</param>
    /// <param name="connections">To token endpoints.</param>
    /// <param name="keys">Null when the environment has none.</param>
    /// <param name="redriveKey">Null: there is none.</param>
    public Keyring(
        AuthEntries entries,
        Uri? secretsManager,
        Uri? parameterStore,
        ConnectionPool connections,
        AwsCredentials? keys,
        ITls tls,
        ConnectionBudget budget,
        Loop loop,
        JsonLog log,
        SecretSource? redriveKey = null)
    {
        secretsManagerCalls = new AwsJson(SecretsManager.Service, "1.1", keys, tls, budget, loop);
        parameterStoreCalls = new AwsJson(ParameterStore.Service, "1.1", keys, tls, budget, loop);
        var secretValues = new SecretsManager(secretsManagerCalls.CallAsync, secretsManager);
        var parameters = new ParameterStore(parameterStoreCalls.CallAsync, parameterStore);
        var all = secrets = new Secrets(redriveKey is null ? entries.Secrets : entries.Secrets.Append(redriveKey), FetchAsync, loop, log);
        RedriveSeal = redriveKey is null ? null : new(redriveKey, all);
        var means = new Means(all, connections, keys, loop, log);
        Credentials = entries.Credentials.Values.ToDictionary(entry => entry.Name, entry => entry.Make(means));
        Signatures = entries.Signatures.Values.ToDictionary(entry => entry.Name, entry => entry.Make(means));

        Task<string> FetchAsync(SecretArn secret, Deadline deadline) => secret.Service == ParameterStore.Service
            ? parameters.GetParameterAsync(secret, deadline)
            : secretValues.GetSecretValueAsync(secret, deadline);
    }

    public IReadOnlyDictionary<string, Credential> Credentials { get; } = new Dictionary<string, Credential>();

    public IReadOnlyDictionary<string, Signature> Signatures { get; } = new Dictionary<string, Signature>();

    /// <summary>Null without a key.</summary>
    public RedriveSeal? RedriveSeal { get; }

    /// <inheritdoc cref="Secrets.PrefetchAsync()"/>
    public Task PrefetchAsync() => secrets?.PrefetchAsync() ?? Task.CompletedTask;

    public void Dispose()
    {
        secretsManagerCalls?.Dispose();
        parameterStoreCalls?.Dispose();
    }
}
