using System.Net;
using System.Net.Sockets;

namespace SqsAotLambda.Tests.Support;

/// <summary>Passes bytes on between clients and a server, and does something bad to each connection on the way.</summary>
internal sealed class TamperingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly List<Task> connections = [];
    private readonly int target;
    private readonly Queue<Tampering> plan;
    private readonly Task accepting;
    private int open;

    /// <param name="plan">For one connection each; the others are left alone.</param>
    public TamperingProxy(int target, IEnumerable<Tampering> plan)
    {
        (this.target, this.plan) = (target, new(plan));
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Clients that have not ended their connections.</summary>
    public int Open => open;

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await accepting;
        listener.Stop();
        await Task.WhenAll(connections);
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(end.Token);
                connections.Add(ServeAsync(client, plan.TryDequeue(out var next) ? next : Tampering.None));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client, Tampering tampering)
    {
        Interlocked.Increment(ref open);
        using (client)
        using (var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
        {
            client.NoDelay = true;
            await server.ConnectAsync(IPAddress.Loopback, target);
            var back = PassAsync(server, client, tampering.IsOfServer ? tampering : Tampering.None);
            await PassAsync(client, server, tampering.IsOfServer ? Tampering.None : tampering);
            Interlocked.Decrement(ref open);
            server.Close(0);
            await back;
        }
    }

    private async Task PassAsync(Socket from, Socket to, Tampering tampering)
    {
        var (passed, buffer, held) = (0, new byte[4096], Array.Empty<byte>());
        try
        {
            for (int count; (count = await from.ReceiveAsync(buffer, end.Token)) > 0; passed += count)
            {
                var isIt = tampering.At >= passed && tampering.At < passed + count;
                var bytes = isIt ? tampering.Of(buffer[..count], tampering.At - passed) : [.. buffer[..count], .. held];
                held = isIt && tampering.Kind is Kind.Swap ? bytes : [];
                if (held.Length == 0) await to.SendAsync(bytes, end.Token);
                if (!isIt) continue;

                if (tampering.Kind is Kind.End) to.Shutdown(SocketShutdown.Send);
                if (tampering.Kind is Kind.Reset) to.Close(0);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One of them has gone.
        }
    }

    internal enum Kind { None, Flip, End, Reset, Repeat, Drop, Insert, Swap }

    /// <param name="At">In bytes that came before it.</param>
    internal sealed record Tampering(Kind Kind, bool IsOfServer, int At, byte Value, byte[] More)
    {
        public static readonly Tampering None = new(Kind.None, false, -1, 0, []);

        public byte[] Of(byte[] bytes, int at) => Kind switch
        {
            Kind.Flip => [.. bytes[..at], (byte)(bytes[at] ^ Math.Max((byte)1, Value)), .. bytes[(at + 1)..]],
            Kind.End or Kind.Reset => bytes[..at],
            Kind.Repeat => [.. bytes, .. bytes[at..]],
            Kind.Drop => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + Value)..]],
            Kind.Insert => [.. bytes[..at], .. More, .. bytes[at..]],
            _ => bytes,
        };
    }
}
