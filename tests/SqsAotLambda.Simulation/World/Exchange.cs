namespace SqsAotLambda.Simulation.World;

/// <summary>One request and what becomes of it.</summary>
internal sealed class Exchange(HttpPeer http, ReadRequest request, SimulatedMessage message, int receive, Manner manner, int status)
{
    public HttpPeer Http => http;

    public ReadRequest Request => request;

    public SimulatedMessage Message => message;

    public int Receive => receive;

    public Manner Manner => manner;

    public int Status => status;

    public bool IsAnswered { get; set; }
}
