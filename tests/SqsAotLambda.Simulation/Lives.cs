using System.Globalization;
using SqsAotLambda.Simulation.Checking;
using SqsAotLambda.Simulation.Variants;

namespace SqsAotLambda.Simulation;

/// <summary>Runs life after life, up to the first that breaks an invariant, and tells what came of them.</summary>
internal sealed class Lives(Settings settings, TextWriter output, TextWriter progress, CancellationToken stop)
{
    private const int Passed = 0, Failed = 1, Interrupted = 130;

    /// <summary>Lives within which each variant must be found out.</summary>
    private const int MostForVariant = 10_000;

    /// <summary>So many lives meet every event.</summary>
    private const int EnoughToMeetAll = 2000;

    /// <summary>Lives that are lived twice, to see that they are the same.</summary>
    private const int Replays = 50;

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(5);

    private readonly TimeProvider time = TimeProvider.System;
    private readonly Coverage<TlsEvent> tls = new();
    private readonly Coverage<Occasion> pressure = new();
    private int passed, failed;

    public int Run()
    {
        if (settings.ChecksVariants)
        {
            foreach (var variant in Broken.All) FindOut(variant);
        }

        if (settings.Runs > 1 || settings.Time is not null)
        {
            Replay();
            TryGoodAmongBad();
        }

        var lives = LiveAll(out var isBroken);
        if (stop.IsCancellationRequested)
        {
            output.WriteLine($"Interrupted after {Count(lives)}.");
            return Interrupted;
        }

        output.WriteLine($"TLS met: {tls}.");
        output.WriteLine($"Pressure met: {pressure}.");
        if (lives >= EnoughToMeetAll) TallyCoverage();
        // What holds of several lives is counted for itself.
        passed += Enum.GetValues<Invariant>().Length - 1 - (isBroken ? 1 : 0);
        failed += isBroken ? 1 : 0;
        output.WriteLine(
            $"{(isBroken ? "Broken after" : "Passed:")} {Count(lives)} from seed {settings.Seed} on. "
            + "Invariants, replays, variants and coverage are counted:");
        output.WriteLine($"{(failed == 0 ? "Success" : "Failure")}! {passed} passed, {failed} failed.");
        return failed == 0 ? Passed : Failed;
    }

    private long LiveAll(out bool isBroken)
    {
        var isTold = settings is { Runs: 1, Time: null } || settings.Trace;
        if (!isTold) output.WriteLine($"Lives from seed {settings.Seed} on.");
        var (lives, start, told) = (0L, time.GetTimestamp(), TimeSpan.Zero);
        isBroken = false;
        for (; lives != settings.Runs && !isBroken && !stop.IsCancellationRequested; lives++)
        {
            var elapsed = time.GetElapsedTime(start);
            if (elapsed > settings.Time) break;
            if (elapsed - told > ProgressEvery)
            {
                told = elapsed;
                progress.WriteLine($"{Count(lives)}, {Number((long)(lives / elapsed.TotalSeconds))} a second");
            }

            var seed = settings.Seed + (ulong)lives;
            var end = Life.Live(seed, settings.Variant, settings.Trace ? output.WriteLine : null);
            tls.Add(end.World.Tls.CountOf);
            pressure.Add(end.World.CountOf);
            if (isTold) output.WriteLine($"Seed {seed}: {end.Summary}, trace {end.Trace:x16}.");
            isBroken = end.Breach is { } breach && Tell(breach, seed);
        }

        return lives;
    }

    private bool Tell((Invariant Invariant, string What) breach, ulong seed)
    {
        var variant = settings.Variant == Variant.None ? "" : $" VARIANT={settings.Variant.Name}";
        output.WriteLine($"{breach.Invariant} is broken in the life of seed {seed}: {breach.What}");
        output.WriteLine($"Replay it: make simulate SEED={seed} RUNS=1{variant}");
        return true;
    }

    private void FindOut(Variant variant)
    {
        var seed = settings.Seed;
        while (variant.Breaks is not Invariant.GoodOnesDoNotWait
            && seed < settings.Seed + MostForVariant && !stop.IsCancellationRequested && Life.Live(seed, variant).Breach?.Invariant != variant.Breaks)
            seed++;

        var lives = (long)(seed - settings.Seed) + 1;
        var isFound = variant.Breaks is Invariant.GoodOnesDoNotWait ? !GoodAmongBad.Try(seed, variant).Holds : lives <= MostForVariant;
        Tally(isFound);
        output.WriteLine(isFound
            ? $"{variant.Name}, which {variant.What}, breaks {variant.Breaks} in the life of seed {seed}, number {lives}."
            : $"{variant.Name}, which {variant.What}, is not found out by {variant.Breaks} in {MostForVariant} lives.");
    }

    private void Replay()
    {
        var isSame = true;
        for (var seed = settings.Seed; seed < settings.Seed + Replays && isSame; seed++)
        {
            isSame = Life.Live(seed, Variant.None).Trace == Life.Live(seed, Variant.None).Trace;
            if (!isSame) output.WriteLine($"The life of seed {seed} is another one when it is lived again.");
        }

        Tally(isSame);
    }

    private void TryGoodAmongBad()
    {
        var (holds, what) = GoodAmongBad.Try(settings.Seed, settings.Variant);
        Tally(holds);
        output.WriteLine(holds ? what : $"{Invariant.GoodOnesDoNotWait} is broken from seed {settings.Seed} on. {what}");
    }

    private void TallyCoverage()
    {
        List<string> missed = [.. tls.Missed.Select(each => each.ToString()), .. pressure.Missed.Select(each => each.ToString())];
        Tally(missed.Count == 0);
        foreach (var each in missed) output.WriteLine($"No life met {each}.");
    }

    private void Tally(bool isPassed)
    {
        if (isPassed) passed++;
        else failed++;
    }

    private static string Count(long lives) => $"{Number(lives)} {(lives == 1 ? "life" : "lives")}";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
