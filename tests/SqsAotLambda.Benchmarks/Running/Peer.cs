using System.IO.Compression;

namespace SqsAotLambda.Benchmarks.Running;

/// <summary>A <c>bootstrap</c> that is measured, or the reason why it is not.</summary>
/// <param name="Command">Program and arguments; empty when it is not here.</param>
/// <param name="Missing">What it lacks; null when it is here.</param>
internal sealed record Peer(string Name, IReadOnlyList<string> Command, string? Missing = null)
{
    /// <summary>Symbols stay at home.</summary>
    private static readonly string[] NotDeployed = [".dbg", ".pdb"];

    /// <summary>Reads <c>name=path</c> or <c>name=program arguments</c>.</summary>
    public static Peer Parse(string text)
    {
        var parts = text.Split('=', 2);
        if (parts is not [{ Length: > 0 } name, { Length: > 0 } path])
            throw new BenchmarkFailure($"--peer {text}: name=path or 'name=program arguments' is allowed.");
        if (File.Exists(path)) return new(name, [Path.GetFullPath(path)]);

        var words = path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] command = [.. words.Select(word => File.Exists(word) ? Path.GetFullPath(word) : word)];
        return command is [var program] && program.Contains('/')
            ? throw new BenchmarkFailure($"--peer {text}: there is no {path}.")
            : new(name, command);
    }

    /// <summary>
    /// What the build of the peers left: a folder each, with a file <c>command</c>, one argument a line,
    /// or a file <c>missing</c> with a sentence.
    /// </summary>
    public static IEnumerable<Peer> In(string folder)
    {
        foreach (var peer in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(peer);
            var missing = Path.Combine(peer, "missing");
            var command = Path.Combine(peer, "command");
            if (File.Exists(missing)) yield return new(name, [], File.ReadAllText(missing).Trim());
            else if (File.Exists(command)) yield return new(name, File.ReadAllLines(command));
        }
    }

    /// <summary>What would be deployed: the program, or where it needs one to run it, the folder of the file it runs.</summary>
    public IReadOnlyList<string> Files()
    {
        if (Command.Count == 1) return File.Exists(Command[0]) ? [Command[0]] : [];

        return Command.LastOrDefault(File.Exists) is { } script
            ? [.. Directory.EnumerateFiles(Path.GetDirectoryName(script)!, "*", SearchOption.AllDirectories)
                .Where(file => !NotDeployed.Contains(Path.GetExtension(file))).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>In bytes, packed as for Lambda.</summary>
    public static long ZipBytes(IEnumerable<string> files)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in files) zip.CreateEntryFromFile(file, Path.GetFileName(file), CompressionLevel.SmallestSize);
        }
        return packed.Length;
    }
}
