using System.CommandLine;
using System.CommandLine.Parsing;
using SqsAotLambda.Benchmarks.Running;

namespace SqsAotLambda.Benchmarks;

/// <summary>The options, and how they become <see cref="Settings"/>.</summary>
internal sealed class CommandLine
{
    private readonly Option<string[]> peers = new("--peer")
    {
        HelpName = "NAME=PATH",
        Description = "A bootstrap, or a command line such as 'mine=node index.js'; may be given again.",
    };

    private readonly Option<string?> folder = new("--peers")
    {
        HelpName = "FOLDER",
        Description = "A folder of built peers: each has a file named command, or one named missing.",
    };

    private readonly Option<string[]> only = new("--only")
    {
        HelpName = "NAMES",
        AllowMultipleArgumentsPerToken = true,
        Description = "Of all these peers only the ones named.",
    };

    private readonly Option<string> baseline = new("--baseline")
    {
        HelpName = "NAME",
        DefaultValueFactory = _ => "ours",
        Description = "The peer that the ratios are against.",
    };

    private readonly Option<string[]> scenarios = new("--scenario")
    {
        HelpName = "NAMES",
        AllowMultipleArgumentsPerToken = true,
        Description = $"Only these scenarios, of {string.Join(", ", Measuring.Scenarios.Names)}.",
    };

    private readonly Option<int> rounds = new("--rounds")
    {
        HelpName = "N",
        DefaultValueFactory = _ => 6,
        Description = "Rounds; the first one does not count, unless it is the only one.",
    };

    private readonly Option<double?> cpuShare = new("--cpu-share")
    {
        HelpName = "PERCENT",
        Description = "Also a cold start over https with so much of a CPU from the first poll on; a function with 128 MB has 7.2.",
    };

    private readonly Option<int> timeLimit = new("--time-limit")
    {
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 120,
        Description = "No round begins after it; one counts in any case.",
    };

    private readonly Option<bool> smoke = new("--smoke")
    {
        Description = "One short round, to see that every scenario works with every peer; the figures mean nothing.",
    };

    private readonly Option<string> output = new("--output")
    {
        HelpName = "FOLDER",
        DefaultValueFactory = _ => "artifacts/bench",
        Description = "Gets bench.md, bench.json and what the peers wrote.",
    };

    public RootCommand Build(Func<Settings, CancellationToken, int> run)
    {
        var root = new RootCommand("Measures programs named bootstrap side by side: it plays the Lambda Runtime API and the endpoint.")
        {
            peers, folder, only, baseline, scenarios, rounds, cpuShare, timeLimit, smoke, output,
        };
        scenarios.AcceptOnlyFromAmong([.. Measuring.Scenarios.Names]);
        rounds.Validators.Add(result => RefuseLess(result, rounds, 1));
        timeLimit.Validators.Add(result => RefuseLess(result, timeLimit, 0));
        cpuShare.Validators.Add(RefuseShare);
        root.SetAction((result, stop) => Task.FromResult(run(Read(result), stop)));
        return root;
    }

    private Settings Read(ParseResult result)
    {
        List<Peer> all = [.. (result.GetValue(peers) ?? []).Select(Peer.Parse)];
        if (result.GetValue(folder) is { } built) all.AddRange(Peer.In(built).Where(peer => all.All(given => given.Name != peer.Name)));
        if (result.GetValue(only) is { Length: > 0 } names) all.RemoveAll(peer => !names.Contains(peer.Name));
        return new()
        {
            Peers = all,
            Baseline = result.GetRequiredValue(baseline),
            Scenarios = result.GetValue(scenarios) ?? [],
            Rounds = result.GetValue(smoke) ? 1 : result.GetValue(rounds),
            CpuShare = result.GetValue(cpuShare),
            TimeLimit = TimeSpan.FromSeconds(result.GetValue(timeLimit)),
            Smoke = result.GetValue(smoke),
            Output = Path.GetFullPath(result.GetRequiredValue(output)),
        };
    }

    private static void RefuseLess(OptionResult result, Option<int> option, int least)
    {
        if (result.GetValue(option) < least) result.AddError($"{option.Name}: {least} or more is allowed.");
    }

    private void RefuseShare(OptionResult result)
    {
        if (result.GetValue(cpuShare) is <= 0 or > 100) result.AddError($"{cpuShare.Name}: above 0 and up to 100 is allowed.");
    }
}
