using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using SqsAotLambda.Commands;
using SqsAotLambda.Logging;
using SqsAotLambda.Reading;
using SqsAotLambda.Requests;
using SqsAotLambda.Runtime;
using SqsAotLambda.Settings;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

/// <summary>The README says what the code does.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Its_table_of_settings_is_that_of_the_code()
    {
        var settings = new Variables(new Dictionary<string, string> { ["FORWARD_URL"] = "https://example.com" });
        FunctionSettings.Parse(settings);

        var table = SettingsRow().Matches(Section("Settings")).ToDictionary(row => row.Groups["name"].Value, row => row.Groups["default"].Value);

        Assert.Equal(settings.Defaults.OrderBy(setting => setting.Key), table.OrderBy(setting => setting.Key));
    }

    [Fact]
    public void Its_table_of_log_lines_is_that_of_the_code()
    {
        var written = new[] { typeof(JsonLog), typeof(InvocationEvents) }.SelectMany(each => each.Assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Events", StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static)).Select(method => method.Name);

        var table = LogRow().Matches(Section("Logs")).SelectMany(row => row.Groups["name"].Captures).Select(name => name.Value);

        Assert.Equal(written.Order(), table.Order());
    }

    [Fact]
    public void A_message_passes_through_25_files_at_most_which_are_there()
    {
        var rows = PathRow().Matches(Section("Develop"));
        var files = rows.SelectMany(row => row.Groups["file"].Captures).Select(file => file.Value).ToList();
        string[] sources = [Path.Combine(Root, "src", "SqsAotLambda"), Path.Combine(Root, "src", "SqsAotLambda.Core")];

        Assert.Equal(8, rows.Count);
        Assert.InRange(files.Distinct().Count(), files.Count, 25);
        Assert.All(files, file => Assert.Contains(sources, source => File.Exists(Path.Combine(source, file))));
    }

    /// <summary>An array is one of routes; the object before it, or by itself, holds their credentials. One with a method is a message.</summary>
    [Fact(Timeout = 30_000)]
    public async Task Its_examples_of_routes_and_credentials_are_taken()
    {
        var auth = "{}";
        FunctionSettings? settings = null;
        var examples = JsonBlock().Matches(string.Concat(Section("Routes"), Section("Requests in messages"), Section("Credentials")))
            .Select(block => block.Groups["json"].Value).ToList();

        foreach (var example in examples)
        {
            if (example.StartsWith("{\"method\"", StringComparison.Ordinal))
            {
                await AssertDescribedAsync(settings!, example);
                continue;
            }

            if (example[0] == '{') auth = example;
            settings = Given.Settings(new("https://example.com/"), ("FORWARD_AUTH", auth), ("FORWARD_ROUTES", example[0] == '[' ? example : ""));
        }

        Assert.Equal(7, examples.Count);
    }

    private static async Task AssertDescribedAsync(FunctionSettings settings, string message)
    {
        var route = settings.Routes[0] with { When = Condition.Always };
        var request = await Given.RequestAsync(settings with { Routes = [route] }, Given.Message(body: message));

        Assert.Contains(
            $"`{request!.Method} {request.Url}` with the body `{Encoding.UTF8.GetString(request.Body!.Value.Span)}`",
            Section("Requests in messages"),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Its_example_of_explain_is_what_explain_tells()
    {
        var example = ExplainBlock().Match(Section("Before anything is sent")).Groups;
        var environment = example["name"].Captures.Zip(example["value"].Captures).ToDictionary(each => each.First.Value, each => each.Second.Value);
        await using var output = new StringWriter { NewLine = "\n" };

        var status = await Explain.RunAsync(
            Path.Combine(Root, example["event"].Value), () => Stream.Null, environment, Given.Loop(), output, TextWriter.Null);

        Assert.Equal((1, example["output"].Value), (status, output.ToString()));
    }

    internal static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "SqsAotLambda.sln"))) folder = folder.Parent!;
            return folder.FullName;
        }
    }

    private static string Section(string title) =>
        Regex.Match(
            File.ReadAllText(Path.Combine(Root, "README.md")),
            $@"^##+ {title}\n(.*?)(?=^##|\z)",
            RegexOptions.Multiline | RegexOptions.Singleline).Value;

    [GeneratedRegex(
        @"^```console\n(\$ export (?<name>\w+)='(?<value>[^']*)'\n)+\$ \S+ explain (?<event>\S+)\n(?<output>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ExplainBlock();

    [GeneratedRegex(@"^```json\n(?<json>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex JsonBlock();

    [GeneratedRegex(@"^\| `(?<name>[A-Z_]+)` \| (`(?<default>[^`]*)`)?", RegexOptions.Multiline)]
    private static partial Regex SettingsRow();

    [GeneratedRegex(@"^\| (`(?<name>\w+)`(, )?)+ \|", RegexOptions.Multiline)]
    private static partial Regex LogRow();

    [GeneratedRegex(@"^\| \d[^|`]* \| (`(?<file>\w+/\w+\.cs)`(, )?)+ \|", RegexOptions.Multiline)]
    private static partial Regex PathRow();
}
