using System.Collections.Concurrent;

namespace SqsAotLambda.Interop.Running;

/// <summary>How often the server has read the request of each idempotency key.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, int> times = new();

    public void Note(string key) => times.AddOrUpdate(key, 1, (_, before) => before + 1);

    public int TimesOf(string key) => times.GetValueOrDefault(key);
}
