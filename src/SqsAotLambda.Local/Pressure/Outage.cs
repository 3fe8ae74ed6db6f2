namespace SqsAotLambda.Local.Pressure;

/// <summary>The built-in endpoint is down from its first request on, for a while.</summary>
internal sealed class Outage(TimeSpan length, TimeProvider time) : Trouble
{
    private readonly FromFirstRequest down = new(length, time);

    public override Behaviour? Meet() => down.IsOn() ? Behaviour.Down : null;
}
