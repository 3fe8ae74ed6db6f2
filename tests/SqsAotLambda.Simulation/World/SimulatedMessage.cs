using SqsAotLambda.Simulation.Checking;

namespace SqsAotLambda.Simulation.World;

/// <summary>What the endpoint makes of a message, in the end.</summary>
internal enum Fate
{
    /// <summary>It is accepted as soon as the endpoint works.</summary>
    Good,

    /// <summary>It is refused each time.</summary>
    Bad,

    /// <summary>Each time something else.</summary>
    Moody,

    /// <summary>It is refused each time with 400.</summary>
    Rejected,
}

/// <summary>A message of the queue, with all that is known of it.</summary>
internal sealed class SimulatedMessage
{
    public const string IdPrefix = "sim-";

    /// <summary>Stands in each body, and in no line of the log.</summary>
    public const string Private = "nobody-may-log-this";

    /// <summary>In characters.</summary>
    public const int IdLength = 12;

    public required int Number { get; init; }

    public required string Id { get; init; }

    public required byte[] Body { get; init; }

    /// <summary>The event says that its body is null.</summary>
    public bool HasNoBody { get; init; }

    public required Fate Fate { get; init; }

    /// <summary>Null: it is of none.</summary>
    public required string? Group { get; init; }

    /// <summary>The attribute by which routes know it; null: it has none.</summary>
    public required string? Kind { get; init; }

    public string? Tenant { get; init; }

    /// <summary>Of a redriven message, or of a forged one; null: it has none.</summary>
    public string? ForwardFailure { get; init; }

    /// <summary>Of its requests: its first id, if that is to be believed, else its own.</summary>
    public required string Key { get; init; }

    /// <summary>By the network's clock.</summary>
    public long SentAt { get; init; }

    public int Receives { get; set; }

    public long VisibleAt { get; set; }

    public bool IsDeleted { get; set; }

    public bool WasDropped { get; set; }

    /// <summary>An endpoint took all of it and gave an answer that accepts.</summary>
    public bool WasAccepted { get; set; }

    /// <summary>When it was accepted first, in milliseconds; null: it was not.</summary>
    public long? AcceptedAt { get; set; }

    /// <summary>For so many seconds SQS was asked to hold it back last, and on which receive; null: it was not.</summary>
    public (int Seconds, int Receive)? HeldBack { get; set; }

    /// <summary>SQS gave the id of a copy.</summary>
    public bool WasCopyConfirmed { get; set; }

    /// <summary>In the dead-letter queue, as it was.</summary>
    public bool IsDeadLetter { get; set; }

    /// <summary>What endpoints gave it, with the receive that the request was of.</summary>
    public List<(int Receive, int Status)> Statuses { get; } = [];

    /// <summary>What those mean.</summary>
    public List<(int Receive, int Status, Verdict Verdict, int Invocation)> Verdicts { get; } = [];

    public bool IsDone => WasAccepted || WasDropped || WasCopyConfirmed;

    /// <summary>The number in the first id among the bytes; null: there is none.</summary>
    public static int? NumberIn(ReadOnlySpan<byte> bytes)
    {
        var at = bytes.IndexOf("sim-"u8);
        return at >= 0 && bytes.Length >= at + IdLength && int.TryParse(bytes[(at + IdPrefix.Length)..(at + IdLength)], out var number)
            ? number
            : null;
    }
}
