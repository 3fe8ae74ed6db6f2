using SqsAotLambda.Interop.Reporting;
using SqsAotLambda.Interop.Servers;

namespace SqsAotLambda.Interop.Scenarios;

/// <summary>Messages, and what happens to the server meanwhile.</summary>
internal abstract class Scenario
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new Calm(10),
        new Calm(20),
        new Idle(),
        new Reload(),
        new Down(TimeSpan.FromMilliseconds(400)),
        new Down(TimeSpan.FromSeconds(2)),
        new ThreeConnections(Wire.Excess.Close),
        new ThreeConnections(Wire.Excess.Stall),
    ];

    public abstract string Name { get; }

    /// <summary>One sentence.</summary>
    public abstract string Description { get; }

    /// <summary>How long the server keeps an idle connection, in seconds.</summary>
    public virtual int KeepAlive => 60;

    /// <summary>How long a request takes.</summary>
    public virtual TimeSpan Latency => TimeSpan.Zero;

    /// <summary>Whether a message may have failed: nobody could have known better.</summary>
    /// <param name="kind">Null: a server of this program's own.</param>
    public virtual bool Excuses(MessageEnd end, ServerKind? kind, bool isTls) => false;

    /// <param name="kind">Null: a server of this program's own.</param>
    public virtual bool Suits(ServerKind? kind, bool isTls) => kind is not null;

    public abstract Task PlayAsync(Stage stage);
}
