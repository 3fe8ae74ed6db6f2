using System.Globalization;

namespace SqsAotLambda.EndToEnd.Support;

/// <summary>The binary under the local runner, from start to final account.</summary>
internal sealed record LocalRun(int ExitCode, string Output)
{
    public static async Task<LocalRun> OfAsync(string bootstrap, params string[] arguments)
    {
        Repository.RequireQueue();
        var environment = Repository.Environment.Where(each => each.Key is "PATH" or "HOME" or "DOTNET_ROOT").Select(each => (each.Key, each.Value));
        await using var process = new ChildProcess(Repository.LocalRunner, ["run", "--bootstrap", bootstrap, .. arguments], environment);
        return new(await process.ExitAsync(), process.Output);
    }

    /// <summary>A number of the final account.</summary>
    public int this[string row] => int.Parse(Text(row), CultureInfo.InvariantCulture);

    public string Text(string row)
    {
        var line = Output.Split('\n').SingleOrDefault(line => line.StartsWith(row + ":", StringComparison.Ordinal));
        return line is null ? throw new KeyNotFoundException($"No row '{row}' in:\n{Output}") : line[(row.Length + 1)..].Trim();
    }

    /// <summary>All rows of that name.</summary>
    public IReadOnlyList<string> Texts(string row) =>
        [.. Output.Split('\n').Where(line => line.StartsWith(row + ":", StringComparison.Ordinal)).Select(line => line[(row.Length + 1)..].Trim())];

    /// <summary>Every message is where it belongs, and the runner found nothing wrong.</summary>
    public void AssertNothingLost(int sent)
    {
        Assert.True(ExitCode == 0, Output);
        Assert.Equal(sent, this["sent"]);
        Assert.Equal(0, this["lost"]);
        Assert.Equal(0, this["left in queue"]);
    }
}
