using SqsAotLambda.Aws;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;

namespace SqsAotLambda.Credentials;

/// <summary>
/// One secret that is stored at AWS, with the parts of it that entries use. It is kept for a time, and used on while it cannot be fetched anew.
/// A part that has become unusable stays as it was before.
/// </summary>
internal sealed class StoredParts
{
    /// <summary>How long a change of a secret may go unseen, unless the old one is refused.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);

    /// <summary>A secret that can't be used is likely to be mended at this moment.</summary>
    private static readonly TimeSpan FreshWithFaultFor = Cached<Values>.Pause;

    private readonly SecretArn arn;
    private readonly IReadOnlyList<StoredSecret> parts;
    private readonly string entries;
    private readonly FetchSecret fetch;
    private readonly Loop loop;
    private readonly JsonLog log;
    private readonly Cached<Values> cached;

    /// <summary>Of the last fetch. Only one is made at a time.</summary>
    private Values last = [];

    /// <param name="parts">All of the one secret.</param>
    public StoredParts(SecretArn arn, IEnumerable<StoredSecret> parts, FetchSecret fetch, Loop loop, JsonLog log)
    {
        (this.arn, this.parts, this.fetch, this.loop, this.log) = (arn, [.. parts], fetch, loop, log);
        entries = string.Join(", ", this.parts.Select(part => part.Entry).Distinct());
        cached = new(FetchAsync, why => log.SecretFailed(entries, why), loop);
    }

    /// <inheritdoc cref="Secrets.ReadAsync(SecretSource, Deadline)"/>
    public async ValueTask<string> ReadAsync(StoredSecret part, Deadline deadline)
    {
        var (value, fault) = (await cached.GetAsync(deadline))[part];
        return value ?? throw new CredentialException(fault!);
    }

    /// <inheritdoc cref="Credential.Refused"/>
    public void Refused() => cached.Refused();

    /// <summary>What fails is told, and fetched when it is needed.</summary>
    /// <param name="limit">All the time there is.</param>
    public async Task PrefetchAsync(TimeSpan limit, Deadline deadline)
    {
        try
        {
            await cached.GetAsync(deadline);
        }
        catch (CredentialException e)
        {
            log.SecretFailed(entries, e.Message);
        }
        catch (OutOfTimeException)
        {
            log.SecretFailed(entries, $"It did not come in {limit.TotalSeconds} s.");
        }
    }

    private async Task<Fetched<Values>> FetchAsync(Deadline deadline)
    {
        SecretText text;
        try
        {
            text = new(await fetch(arn, deadline));
        }
        catch (AwsException e) when (e.InnerException is OutOfTimeException)
        {
            throw new OutOfTimeException();
        }
        catch (AwsException e)
        {
            throw new CredentialException($"The secret of \"{entries}\" could not be fetched: {e.Message}");
        }

        var values = new Values();
        var freshFor = FreshFor;
        foreach (var part in parts)
        {
            var value = text.Pick(part.Key);
            var fault = FaultOf(part, value);
            values[part] = fault is null ? (value, null) : (last.GetValueOrDefault(part).Value, fault);
            if (fault is null) continue;

            freshFor = FreshWithFaultFor;
            log.SecretFailed(part.Entry, fault);
        }

        last = values;
        return new(values, loop.Time.GetUtcNow() + freshFor, DateTimeOffset.MaxValue);
    }

    /// <summary>Why it is of no use; null when it is of use.</summary>
    private static string? FaultOf(StoredSecret part, string? value) =>
        value is null ? $"The secret of \"{part.Entry}\" is not a JSON object with a text under its key."
        : !part.Form.Fits(value) ? $"The secret of \"{part.Entry}\" {part.Form.Fault}."
        : null;

    /// <summary>By part: the value to use, null where there is none, and what is wrong with the newest, null where nothing is.</summary>
    private sealed class Values() : Dictionary<StoredSecret, (string? Value, string? Fault)>(ReferenceEqualityComparer.Instance);
}
