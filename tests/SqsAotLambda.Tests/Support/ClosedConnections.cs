using System.Net.NetworkInformation;

namespace SqsAotLambda.Tests.Support;

/// <summary>Tells when a client's side of a connection has heard that the server closed it.</summary>
internal static class ClosedConnections
{
    /// <summary>Waits until the server's one client has received the end of the connection, and the loop has told it.</summary>
    public static Task ClosedAsync(this StubServer server) => ClosedAsync(server.Port);

    /// <param name="port">The server's.</param>
    public static async Task ClosedAsync(int port)
    {
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var connections = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections();
            var isOpen = connections.Any(client => client.RemoteEndPoint.Port == port && client.State is TcpState.Established);
            // Each is a turn of the loop; the second comes after what the first was told.
            await Task.Yield();
            await Task.Yield();
            if (!isOpen) return;
        }
    }
}
