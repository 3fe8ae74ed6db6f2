using SqsAotLambda.Aws;
using SqsAotLambda.Hosting;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;
using SqsAotLambda.Runtime;
using SqsAotLambda.Settings;
using SqsAotLambda.Simulation.Checking;
using SqsAotLambda.Simulation.Variants;
using SqsAotLambda.Simulation.World;

namespace SqsAotLambda.Simulation;

/// <summary>What came of a life.</summary>
/// <param name="Breach">Null: every invariant held.</param>
/// <param name="Trace">Of another life it is another one.</param>
internal readonly record struct LifeEnd((Invariant Invariant, string What)? Breach, ulong Trace, string Summary, Universe World);

/// <summary>One function, from its settings to its end, in the universe of one seed. A process that is killed is followed by another.</summary>
internal static class Life
{
    /// <param name="tell">Null: nobody is told what happens.</param>
    public static LifeEnd Live(ulong seed, Variant variant, Action<string>? tell = null, bool isTrial = false)
    {
        var world = new Universe(seed, tell, isTrial);
        do
        {
            world.Lambda.Begin();
            try
            {
                Run(world, variant, seed);
            }
            catch (RuntimeApiException) when (world.Lambda.IsOver || world.Lambda.IsRestarting)
            {
                // Lambda has let it go.
            }
            catch (ProcessKilledException)
            {
                // What it had under way is left to the world.
            }
            catch (Exception e)
            {
                world.Ledger.Break(Invariant.NothingBreaks, $"An exception escaped: {e}");
            }

            world.Network.CloseAll();
        }
        while (world.Lambda.IsRestarting && world.Ledger.First is null);

        world.Judge();
        return new(world.Ledger.First, world.Network.Trace, world.Summary, world);
    }

    /// <summary>As Program.cs does, from the settings on.</summary>
    private static void Run(Universe world, Variant variant, ulong seed)
    {
        var loop = new Loop(variant.Driver(world.Network));
        world.Settings = FunctionSettings.Parse(world.Scenario.Variables);
        var settings = variant.Settings(world.Settings);
        var log = new JsonLog(world.Log, settings.LogLevel, loop.Time);
        var around = new Surroundings(log, loop)
        {
            Random = new((int)seed),
            Tls = variant.Tls(world.Tls),
            Credentials = new AwsCredentials("AKIDEXAMPLE", "secret access key", "session token"),
            FunctionName = "forwarder",
        };
        using var function = Function.Compose(settings, around, variant.Instead(around, settings));
        loop.Run(function.PrepareAsync);
        new OwnHost(Scenario.RuntimeApi, loop).Run(variant.Deliver(function.HandleAsync, around, world), settings.DeadlineMargin, log);
    }
}
