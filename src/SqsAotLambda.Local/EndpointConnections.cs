using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace SqsAotLambda.Local;

/// <summary>The open connections of the built-in endpoint, and their end while the function is frozen.</summary>
internal sealed class EndpointConnections
{
    /// <summary>Of three connections one is left open, one closed and one reset.</summary>
    private const int Fates = 3;

    private readonly ConcurrentDictionary<int, Socket> open = [];
    private int ends;

    /// <summary>Knows a connection as long as <paramref name="serve"/> serves it.</summary>
    public ConnectionDelegate Around(ConnectionDelegate serve) => async connection =>
    {
        var known = KeyValuePair.Create(
            ((IPEndPoint)connection.RemoteEndPoint!).Port, connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket);
        open[known.Key] = known.Value;
        try
        {
            await serve(connection);
        }
        finally
        {
            open.TryRemove(known);
        }
    };

    /// <summary>Ends idle connections as endpoints do, in turn.</summary>
    /// <param name="ports">Of the connections' other side; those that are not the endpoint's are passed over.</param>
    /// <returns>How many were closed or reset.</returns>
    public int End(IEnumerable<int> ports)
    {
        var ended = 0;
        foreach (var port in ports)
        {
            if (open.TryGetValue(port, out var socket) && End(socket, Interlocked.Increment(ref ends) % Fates)) ended++;
        }
        return ended;
    }

    private static bool End(Socket socket, int fate)
    {
        try
        {
            if (fate == 1) socket.Shutdown(SocketShutdown.Both);
            if (fate == 2) socket.Close(timeout: 0);
            return fate > 0;
        }
        // The server was faster.
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
