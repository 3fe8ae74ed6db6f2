namespace SqsAotLambda.Simulation.Checking;

/// <summary>Notes the first invariant that is broken: the function must not be able to catch it.</summary>
internal sealed class Ledger
{
    public (Invariant Invariant, string What)? First { get; private set; }

    public void Break(Invariant invariant, string what) => First ??= (invariant, what);
}
