using SqsAotLambda.Simulation.World;

namespace SqsAotLambda.Simulation.Checking;

/// <summary>Follows a life, to see that a rule holds.</summary>
internal abstract class Watch
{
    /// <summary>The function has forgotten all.</summary>
    public virtual void ProcessBegins() { }

    public virtual void InvocationBegins() { }

    public virtual void InvocationEnds() { }

    /// <summary>A request has come, with its head at least.</summary>
    public virtual void Asked(Exchange exchange) { }

    /// <summary>Its answer is on its way.</summary>
    public virtual void Answered(Exchange exchange) { }

    /// <summary>The function has written a line.</summary>
    public virtual void Told(LogLine line) { }
}
