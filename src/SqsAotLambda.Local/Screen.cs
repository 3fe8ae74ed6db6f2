using Spectre.Console;

namespace SqsAotLambda.Local;

/// <summary>Standard output: one live line in a terminal, plain lines elsewhere.</summary>
internal sealed class Screen(TimeProvider time)
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(2);

    private readonly bool terminal = !Console.IsOutputRedirected;

    public void Say(string line)
    {
        // Through Spectre, which keeps the live line below; not outside a terminal, where it breaks lines at 80.
        if (terminal) AnsiConsole.WriteLine(line);
        else Console.Out.WriteLine(line);
    }

    /// <summary>Does the work, which may show its progress as often as it likes.</summary>
    public async Task LiveAsync(Func<Action<string>, Task> work)
    {
        if (terminal)
        {
            await AnsiConsole.Status().StartAsync("Starting", status => work(line => status.Status(Markup.Escape(line))));
            return;
        }

        var (shownAt, shown) = (time.GetTimestamp(), "");
        await work(line =>
        {
            if (line == shown || time.GetElapsedTime(shownAt) < PlainInterval) return;

            Say(line);
            (shownAt, shown) = (time.GetTimestamp(), line);
        });
    }

    public void Table(IEnumerable<(string Name, string Value)> rows)
    {
        if (!terminal)
        {
            foreach (var (name, value) in rows) Say($"{name + ":",-28}{value}");
            return;
        }

        var table = new Table().HideHeaders().AddColumns("", "");
        foreach (var (name, value) in rows) table.AddRow(Markup.Escape(name), Markup.Escape(value));
        AnsiConsole.Write(table);
    }
}
