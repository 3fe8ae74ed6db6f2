using System.CommandLine;
using System.CommandLine.Parsing;
using SqsAotLambda.Simulation.Variants;

namespace SqsAotLambda.Simulation;

/// <summary>The options, and how they become <see cref="Settings"/>.</summary>
internal sealed class CommandLine
{
    private const int DefaultRuns = 10_000;

    /// <summary>A seed of chance has so many digits at most, so that it is easily copied.</summary>
    private const int MostSeeds = 1_000_000_000;

    private readonly Option<ulong?> seed = new("--seed")
    {
        HelpName = "N",
        Description = "The first life. Alone it is the only one, and is told. Without it chance picks one.",
    };

    private readonly Option<long?> runs = new("--runs")
    {
        HelpName = "N",
        Description = $"How many lives, of seeds one behind the other (default {DefaultRuns}).",
    };

    private readonly Option<double?> seconds = new("--seconds")
    {
        HelpName = "S",
        Description = "As many lives as fit into this time.",
    };

    private readonly Option<string> variant = new("--variant")
    {
        HelpName = "NAME",
        DefaultValueFactory = _ => Variant.None.Name,
        Description = $"A broken variant in the place of the function: {string.Join(", ", Broken.All.Select(each => each.Name))}.",
    };

    private readonly Option<bool> variants = new("--variants")
    {
        Description =
            "Sees to it first that each variant is found out by its invariant, within a bounded number of lives, and tells what it does wrong.",
    };

    private readonly Option<bool> trace = new("--trace")
    {
        Description = "Tells every event of the lives.",
    };

    public RootCommand Build(Func<Settings, CancellationToken, int> run)
    {
        var root = new RootCommand("Lets the whole function live in a simulated world, life after life, and checks what must hold in each.")
        {
            seed, runs, seconds, variant, variants, trace,
        };
        variant.AcceptOnlyFromAmong([Variant.None.Name, .. Broken.All.Select(each => each.Name)]);
        runs.Validators.Add(result => Refuse(result, result.GetValue(runs) < 1, "1 or more is allowed"));
        seconds.Validators.Add(result => Refuse(result, result.GetValue(seconds) <= 0, "more than 0 is allowed"));
        root.SetAction((result, stop) => Task.FromResult(run(Read(result), stop)));
        return root;
    }

    private Settings Read(ParseResult result)
    {
        var (first, time) = (result.GetValue(seed), result.GetValue(seconds));
        return new()
        {
            Seed = first ?? (ulong)Random.Shared.Next(MostSeeds),
            Runs = result.GetValue(runs) ?? (time is not null ? null : first is null ? DefaultRuns : 1),
            Time = time is { } given ? TimeSpan.FromSeconds(given) : null,
            Variant = Broken.All.FirstOrDefault(each => each.Name == result.GetValue(variant)) ?? Variant.None,
            Trace = result.GetValue(trace),
            ChecksVariants = result.GetValue(variants),
        };
    }

    private static void Refuse(OptionResult result, bool isWrong, string allowed)
    {
        if (isWrong) result.AddError($"{result.Option.Name}: {allowed}.");
    }
}
