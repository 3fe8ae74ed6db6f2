namespace SqsAotLambda.Local.Pressure;

/// <summary>What the built-in endpoint does under pressure to a request, whatever its message is.</summary>
internal abstract class Trouble
{
    /// <summary>What happens to a request that comes in now; null: what its message asks for.</summary>
    public abstract Behaviour? Meet();

    /// <summary>The one that the command line asks for; null: none.</summary>
    public static Trouble? Of(Settings settings, TimeProvider time) => settings.Pressure switch
    {
        { Outage: { } length } => new Outage(length, time),
        { Throttle: { } throttle } => new Throttle(throttle, time),
        { Wall: { } length } => new Wall(length, time),
        { Blip: { } blip } => new Blip(blip, after: settings.Messages / 2, time),
        _ => null,
    };
}
