using System.CommandLine;
using System.Runtime.InteropServices;
using SqsAotLambda.Interop.Scenarios;
using SqsAotLambda.Interop.Servers;

namespace SqsAotLambda.Interop;

/// <summary>The options, and how they become <see cref="Settings"/>.</summary>
internal sealed class CommandLine
{
    private static readonly string Rid = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    private const string On = "on";

    private static readonly string[] Both = [Uri.UriSchemeHttp, Uri.UriSchemeHttps];

    private readonly Option<string> bootstrap = new("--bootstrap")
    {
        HelpName = "PATH",
        DefaultValueFactory = _ => $"artifacts/{Rid}/bootstrap",
        Description = "The binary under test.",
    };

    private readonly Option<string[]> servers = Names(
        "--servers", [.. ServerKind.All.Select(kind => kind.Name), Play.OwnServer], "Only these servers; own has room for three connections.");

    private readonly Option<string[]> scenarios = Names("--scenarios", [.. Scenario.All.Select(scenario => scenario.Name)], "Only these scenarios.");

    private readonly Option<string[]> schemes = Names("--schemes", Both, "Only these schemes.");

    private readonly Option<string> breaker = new Option<string>("--breaker")
    {
        HelpName = "on|off",
        DefaultValueFactory = _ => On,
        Description = "The function's FORWARD_BREAKER: whether it spares a server that fails again and again.",
    }.AcceptOnlyFromAmong(On, "off");

    private readonly Option<string> output = new("--output")
    {
        HelpName = "FOLDER",
        DefaultValueFactory = _ => "artifacts/interop",
        Description = "Gets the servers' configurations, and what they and the function wrote.",
    };

    public RootCommand Build(Func<Settings, CancellationToken, Task<int>> run)
    {
        var root = new RootCommand(
            "Delivers messages through the bootstrap to real servers on 127.0.0.1 that are calm, close idle connections, reload, or go down. It "
                + "installs none of them: one that is missing is skipped, with a line that says how to get it.")
        {
            bootstrap, servers, scenarios, schemes, breaker, output,
        };
        root.SetAction((result, stop) => run(Read(result), stop));
        return root;
    }

    private Settings Read(ParseResult result)
    {
        var chosen = result.GetValue(servers) ?? [];
        return new()
        {
            Bootstrap = Path.GetFullPath(result.GetRequiredValue(bootstrap)),
            Servers = [.. ServerKind.All.Where(kind => IsChosen(kind.Name, chosen))],
            WithOwnServers = IsChosen(Play.OwnServer, chosen),
            Scenarios = [.. Scenario.All.Where(scenario => IsChosen(scenario.Name, result.GetValue(scenarios) ?? []))],
            Schemes = [.. Both.Where(scheme => IsChosen(scheme, result.GetValue(schemes) ?? []))],
            Breaker = result.GetRequiredValue(breaker),
            Output = Path.GetFullPath(result.GetRequiredValue(output)),
        };
    }

    private static bool IsChosen(string name, string[] chosen) => chosen.Length == 0 || chosen.Contains(name);

    private static Option<string[]> Names(string name, string[] all, string description)
    {
        var option = new Option<string[]>(name) { HelpName = "NAMES", AllowMultipleArgumentsPerToken = true, Description = description };
        option.AcceptOnlyFromAmong(all);
        option.Description += $" There are {string.Join(", ", all)}.";
        return option;
    }
}
