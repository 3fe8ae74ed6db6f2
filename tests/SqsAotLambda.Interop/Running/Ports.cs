using System.Net;
using System.Net.Sockets;

namespace SqsAotLambda.Interop.Running;

/// <summary>Ports of 127.0.0.1 for servers that go down and come back.</summary>
internal static class Ports
{
    /// <summary>
    /// Below the ports that Linux gives to outgoing connections: while the server is down, a connection to its port must not take this very
    /// port as its own, and so be connected to itself.
    /// </summary>
    private const int First = 20_000, Last = 32_000;

    private static int next = Random.Shared.Next(First, Last);

    /// <summary>One that nobody listens on.</summary>
    public static int Free()
    {
        for (var tries = First; tries < Last; tries++)
        {
            var port = next = next < Last ? next + 1 : First;
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Somebody else's.
            }
        }

        throw new InteropFailure($"No port of 127.0.0.1 from {First} to {Last} is free.");
    }
}
