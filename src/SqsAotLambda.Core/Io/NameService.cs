using System.Net;

namespace SqsAotLambda.Io;

/// <summary>
/// Looks names up, each once at a time, and no more than so many at once. A look-up that outlives those who asked goes on, and whoever asks for
/// its name meanwhile waits for it.
/// </summary>
internal sealed class NameService(Driver driver)
{
    /// <summary>Each takes a thread of the process, and a descriptor or two.</summary>
    public const int MaxAtOnce = 64;

    /// <summary>Names behind those, while they all hang.</summary>
    public const int MaxWaiting = 1000;

    private readonly Dictionary<string, List<Pending<NameAnswer?>>> asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<string> waiting = new();
    private readonly Queue<(string Name, NameAnswer Answer)> answers = new();
    private readonly int atOnce = AtOnce(driver);
    private int underWay;

    /// <summary>Look-ups under way at once, at most: where the process may have few descriptors, a sixteenth of them.</summary>
    public static int AtOnce(Driver driver) => Math.Clamp(driver.Descriptors / 16, 1, MaxAtOnce);

    /// <summary>The addresses of a name; an address is its own.</summary>
    /// <param name="until">By the loop's clock.</param>
    /// <returns>Null: there was no answer by then.</returns>
    public async ValueTask<NameAnswer?> LookUpAsync(string name, Loop loop, long until)
    {
        if (IPAddress.TryParse(name, out var address)) return new NameAnswer([address], null);
        // The C library would take what is before it.
        if (name.Contains('\0')) return new NameAnswer([], "A name with a NUL is none");
        if (waiting.Count >= MaxWaiting && !asked.ContainsKey(name)) return new NameAnswer([], "Too many names are being looked up at once");

        var asking = new Pending<NameAnswer?>(loop, until, late: null);
        if (asked.TryGetValue(name, out var others))
        {
            others.RemoveAll(other => other.IsOver);
            others.Add(asking);
        }
        else
        {
            asked.Add(name, [asking]);
            if (underWay < atOnce) Begin(name);
            else waiting.Enqueue(name);
        }

        await asking.OverAsync();
        return asking.Value;
    }

    /// <summary>Hands out what was answered. To be called once the loop knows what time it is: who asked goes on from here.</summary>
    public void Deliver()
    {
        while (answers.TryDequeue(out var next)) End(next.Name, next.Answer);
    }

    private void Begin(string name)
    {
        underWay++;
        driver.LookUp(name, answer => answers.Enqueue((name, answer)));
    }

    private void End(string name, NameAnswer answer)
    {
        underWay--;
        asked.Remove(name, out var all);
        while (underWay < atOnce && waiting.TryDequeue(out var next))
        {
            // Nobody may want it any longer.
            if (asked[next].TrueForAll(asking => asking.IsOver)) asked.Remove(next);
            else Begin(next);
        }

        foreach (var asking in all!) asking.End(answer);
    }
}
