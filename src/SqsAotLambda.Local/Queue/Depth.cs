namespace SqsAotLambda.Local.Queue;

/// <summary>How many messages a queue holds, by state.</summary>
internal readonly record struct Depth(int Visible, int InFlight, int Delayed)
{
    public int Total => Visible + InFlight + Delayed;
}
