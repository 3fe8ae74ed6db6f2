using SqsAotLambda.Io;

namespace SqsAotLambda.Simulation.Variants;

/// <summary>Nobody counts what has arrived, so that what was sent is taken for arrived.</summary>
internal sealed class CarelessDriver(Driver inner) : OuterDriver(inner)
{
    public override ConnectionState StateOf(int handle) => base.StateOf(handle) with { Arrived = null };
}

/// <summary>Does not close each eighth connection.</summary>
internal sealed class LeakyDriver(Driver inner) : OuterDriver(inner)
{
    private int closed;

    public override void Close(int handle)
    {
        if (++closed % 8 != 0) base.Close(handle);
    }
}
