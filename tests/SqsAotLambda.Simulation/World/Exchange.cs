using SqsAotLambda.Simulation.Checking;

namespace SqsAotLambda.Simulation.World;

/// <summary>One request and what becomes of it.</summary>
internal sealed class Exchange(HttpPeer http, ReadRequest request, SimulatedMessage message, int receive, Manner manner, int status)
{
    private readonly long heardBefore = http.Peer.Heard;

    /// <summary>Of the message.</summary>
    public required string Route { get; init; }

    public required int Invocation { get; init; }

    /// <summary>By the network's clock.</summary>
    public required long AskedAt { get; init; }

    /// <summary>Of the answer, each with its line end.</summary>
    public string Headers { get; init; } = "";

    /// <summary>What they say of the message; null: nothing.</summary>
    public string? Disposition { get; init; }

    /// <summary>The answer says how long to wait.</summary>
    public bool AsksToWait => Headers.Contains("Retry-After", StringComparison.Ordinal);

    public HttpPeer Http => http;

    public ReadRequest Request => request;

    public SimulatedMessage Message => message;

    public int Receive => receive;

    public Manner Manner => manner;

    public int Status => status;

    /// <summary>Its connection had carried another request.</summary>
    public bool IsOfReused { get; } = http.Requests > 1;

    /// <summary>The server ends its connection as one that is idle, perhaps with a 408.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>Something of an answer has reached the function.</summary>
    public bool IsHeard => http.Peer.Heard > heardBefore;

    public bool IsAnswered { get; set; }

    /// <summary>Null: there is no answer.</summary>
    public Verdict? Verdict { get; set; }

    public bool IsUnderWay => !IsAnswered && !IsGivenUp && !http.Peer.IsClosed;
}
