using System.Text;
using SqsAotLambda.Sqs;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Http;

/// <summary>A server of the simulated network that ends its connections, and messages to it.</summary>
internal static class ClosingServer
{
    public const string Name = "closing.example";

    public static readonly (string, string) OneByOne = ("FORWARD_CONCURRENCY", "1");

    public static IEnumerable<Message> Messages(int count) => Enumerable.Range(0, count).Select(index => To(Name, $"{index}"));

    public static void End(SimulatedPeer peer, string how)
    {
        switch (how)
        {
            case "accepts": Accept(peer); break;
            case "closes": peer.End(); break;
            case "leaves": peer.Leave(); break;
            case "resets": peer.Reset(); break;
            case "stalls": break;
            default: peer.Send(Encoding.ASCII.GetBytes(how)); break;
        }
    }
}
