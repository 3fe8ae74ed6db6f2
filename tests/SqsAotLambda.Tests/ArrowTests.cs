using System.Text.RegularExpressions;

namespace SqsAotLambda.Tests;

/// <summary>
/// Which folder of the library may use which. A namespace is a folder, and a using that is not needed does not compile, so the text of a file
/// says what it uses.
/// </summary>
public sealed partial class ArrowTests
{
    /// <summary>A folder may use those behind it and none before it. Function is the diagram, with what it takes.</summary>
    private static readonly string[] Folders =
        ["Commands", "Function", "Settings", "Forwarding", "Requests", "Credentials", "Aws", "Sqs", "Http", "Io", "Logging", "Reading"];

    private static readonly string Core = Path.Combine(ReadmeTests.Root, "src", "SqsAotLambda.Core");

    [Fact]
    public void Every_arrow_points_one_way() => Assert.Empty(
        from file in Directory.GetFiles(Core, "*.cs", SearchOption.AllDirectories)
        let folder = Path.GetDirectoryName(file) == Core ? "Function" : Path.GetFileName(Path.GetDirectoryName(file))
        from used in Used().Matches(File.ReadAllText(file)).Select(match => match.Groups["folder"].Value)
        where Array.IndexOf(Folders, used) < Array.IndexOf(Folders, folder)
        select $"{Path.GetRelativePath(Core, file)} uses {used}");

    [Fact]
    public void Every_folder_is_known_and_none_but_Function_stands_beside_them()
    {
        Assert.Equal(Folders.Except(["Function"]).Order(), Directory.GetDirectories(Core).Select(Path.GetFileName).Order());
        Assert.Equal(
            ["Function.cs", "Substitutes.cs", "Surroundings.cs"],
            Directory.GetFiles(Core, "*.cs").Select(Path.GetFileName).Order());
    }

    [Fact]
    public void No_file_names_a_setting_but_those_that_read_them() => Assert.Empty(
        from file in Directory.GetFiles(Core, "*.cs", SearchOption.AllDirectories)
        where !file.StartsWith(Path.Combine(Core, "Settings"), StringComparison.Ordinal)
        where File.ReadAllText(file).Contains("FORWARD_", StringComparison.Ordinal)
        select Path.GetRelativePath(Core, file));

    /// <summary>In a using, a whole name or a comment; the file's own namespace is no fault.</summary>
    [GeneratedRegex(@"\bSqsAotLambda\.(?<folder>[A-Z]\w*)|\b(?<folder>Function)\.Compose")]
    private static partial Regex Used();
}
