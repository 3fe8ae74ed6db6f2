using SqsAotLambda.Http;
using SqsAotLambda.Io;

namespace SqsAotLambda.Credentials;

/// <summary>What was fetched.</summary>
/// <param name="FreshUntil">From then on it is fetched anew when it is needed.</param>
/// <param name="UsableUntil">As long it is used when that fails.</param>
internal sealed record Fetched<T>(T Value, DateTimeOffset FreshUntil, DateTimeOffset UsableUntil);

/// <summary>Keeps what was fetched, and fetches it for one caller at a time; the others wait and take what comes of it.</summary>
/// <param name="fetch">Throws a <see cref="CredentialException"/> when it fails.</param>
/// <param name="stale">Told why the old value is used on.</param>
internal sealed class Cached<T>(Func<Deadline, Task<Fetched<T>>> fetch, Action<string> stale, Loop loop)
{
    /// <summary>Between two fetches while there is a value: neither failures nor refusals become a stream of calls.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly Gate gate = new(loop, places: 1);
    private Kept? kept;
    private CredentialException? failure;

    /// <exception cref="CredentialException">There is none, and it could not be fetched.</exception>
    /// <exception cref="OutOfTimeException">The deadline passed first.</exception>
    public ValueTask<T> GetAsync(Deadline deadline) =>
        kept is { } value && loop.Time.GetUtcNow() < value.FreshUntil ? new(value.Value) : new(FetchAsync(deadline));

    /// <summary>The value was refused: it is fetched anew when it is needed next, but not within the pause.</summary>
    public void Refused()
    {
        if (kept is { } value && value.TriedAt + Pause < value.FreshUntil) kept = value with { FreshUntil = value.TriedAt + Pause };
    }

    private async Task<T> FetchAsync(Deadline deadline)
    {
        var before = failure;
        if (!await deadline.WithoutSlotAsync(gate.EnterAsync(deadline.On(loop)))) throw new OutOfTimeException();

        try
        {
            var now = loop.Time.GetUtcNow();
            if (kept is { } other && now < other.FreshUntil) return other.Value;
            if (failure is { } shared && shared != before) throw new CredentialException(shared.Message);

            return await FetchAloneAsync(now, deadline);
        }
        finally
        {
            gate.Leave();
        }
    }

    private async Task<T> FetchAloneAsync(DateTimeOffset now, Deadline deadline)
    {
        try
        {
            var fetched = await fetch(deadline);
            kept = new(fetched.Value, fetched.FreshUntil, fetched.UsableUntil, TriedAt: now);
            return fetched.Value;
        }
        catch (CredentialException e)
        {
            // That of one caller is no failure for those who wait: they have deadlines of their own.
            if (deadline.HasPassed) throw new OutOfTimeException();

            failure = e;
            now = loop.Time.GetUtcNow();
            if (kept is not { } old || now >= old.UsableUntil) throw;

            var again = now + Pause < old.UsableUntil ? now + Pause : old.UsableUntil;
            kept = old with { FreshUntil = again, TriedAt = now };
            stale(e.Message);
            return old.Value;
        }
    }

    private sealed record Kept(T Value, DateTimeOffset FreshUntil, DateTimeOffset UsableUntil, DateTimeOffset TriedAt);
}
