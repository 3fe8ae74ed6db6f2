namespace SqsAotLambda.Simulation.World;

/// <summary>One request and what becomes of it.</summary>
internal sealed class Exchange(HttpPeer http, ReadRequest request, SimulatedMessage message, int receive, Manner manner, int status)
{
    private readonly long heardBefore = http.Peer.Heard;

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
}
