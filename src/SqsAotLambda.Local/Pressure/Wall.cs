namespace SqsAotLambda.Local.Pressure;

/// <summary>The built-in endpoint answers 400 to everything from its first request on, for a while.</summary>
internal sealed class Wall(TimeSpan length, TimeProvider time) : Trouble
{
    private readonly FromFirstRequest standing = new(length, time);

    public override Behaviour? Meet() => standing.IsOn() ? Behaviour.Walled : null;
}
