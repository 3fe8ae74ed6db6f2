using SqsAotLambda.Hosting;
using SqsAotLambda.Io;
using SqsAotLambda.Settings;
using SqsAotLambda.Simulation.Checking;
using SqsAotLambda.Simulation.World;

namespace SqsAotLambda.Simulation.Variants;

/// <summary>The function as it is, or one that is broken from outside, to see that it is found out.</summary>
/// <param name="Breaks">Null: nothing.</param>
/// <param name="What">It does wrong.</param>
internal sealed record Variant(string Name, Invariant? Breaks, string What)
{
    public static readonly Variant None = new("none", null, "");

    public Func<SimulatedNetwork, Driver> Driver { get; init; } = network => network;

    public Func<SimulatedTls, ITls> Tls { get; init; } = tls => tls;

    /// <summary>What it takes its settings for.</summary>
    public Func<FunctionSettings, FunctionSettings> Settings { get; init; } = settings => settings;

    /// <summary>Null: every part is the real one.</summary>
    public Func<Surroundings, FunctionSettings, Substitutes?> Instead { get; init; } = (_, _) => null;

    public Func<DeliverBatch, Surroundings, Universe, DeliverBatch> Deliver { get; init; } = (deliver, _, _) => deliver;
}
