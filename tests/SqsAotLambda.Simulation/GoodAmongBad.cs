using System.Globalization;
using SqsAotLambda.Simulation.Variants;

namespace SqsAotLambda.Simulation;

/// <summary>
/// Seven of ten messages are answered 400 each time. It lives the same seeds with and without suspicion, and compares how long the good messages
/// wait from when they are sent until they are accepted: their mean, and the longest.
/// </summary>
internal static class GoodAmongBad
{
    private const int Trials = 5;

    /// <summary>In milliseconds, for chance: answers take up to 30, and a batch waits for the one before.</summary>
    private const double MeanTolerance = 50, MostTolerance = 500;

    public static (bool Holds, string What) Try(ulong seed, Variant variant)
    {
        var (with, without) = (new List<double>(), new List<double>());
        for (var trial = 0UL; trial < Trials; trial++)
        {
            if (Waits(seed + trial, variant, with) is { } fault) return (false, fault);
            if (Waits(seed + trial, Unsuspecting, without) is { } other) return (false, other);
        }

        var isLater = with.Average() > without.Average() + MeanTolerance || with.Max() > without.Max() + MostTolerance;
        return (!isLater, $"Of seven bad messages in ten the good ones wait {Told(with)}; without suspicion {Told(without)}.");
    }

    private static readonly Variant Unsuspecting = Variant.None with { Settings = settings => settings with { Suspect = false } };

    private static string? Waits(ulong seed, Variant variant, List<double> waits)
    {
        var end = Life.Live(seed, variant, isTrial: true);
        foreach (var message in end.World.Queue.Messages.Where(message => message.Fate is World.Fate.Good))
        {
            if (message.AcceptedAt is not { } at) return $"Of seed {seed} {message.Id} is not accepted: {end.Summary}.";

            waits.Add(at - message.SentAt);
        }

        return null;
    }

    private static string Told(List<double> waits) =>
        string.Create(CultureInfo.InvariantCulture, $"{waits.Average():F0} ms in the mean and {waits.Max():F0} ms at most");
}
