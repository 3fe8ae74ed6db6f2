using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace SqsAotLambda.Interop.Wire;

/// <summary>What a server does with a connection that is one too many.</summary>
internal enum Excess
{
    /// <summary>It closes the connection as soon as it has taken it.</summary>
    Close,

    /// <summary>It takes the connection and says nothing.</summary>
    Stall,
}

/// <summary>A network before a server: it passes on what comes, later, and only over so many connections at once.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private const int ChunkBytes = 16 * 1024;

    /// <summary>Each way.</summary>
    private static readonly TimeSpan FarAway = TimeSpan.FromMilliseconds(5);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly List<Task> connections = [];
    private readonly int target;
    private readonly TimeSpan delay;
    private readonly (int Connections, Excess Excess) limit;
    private readonly TimeProvider time;
    private readonly Task accepting;
    private int open;

    /// <param name="target">Port of the server on 127.0.0.1.</param>
    /// <param name="delay">Each way.</param>
    /// <param name="limit">Null: there is none.</param>
    public Relay(int target, TimeProvider time, TimeSpan delay = default, (int Connections, Excess Excess)? limit = null)
    {
        (this.target, this.time, this.delay, this.limit) = (target, time, delay, limit ?? (int.MaxValue, Excess.Close));
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>A server some hundred kilometres away.</summary>
    public static Relay Far(int target, TimeProvider time) => new(target, time, FarAway);

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

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
                var near = await listener.AcceptSocketAsync(end.Token);
                connections.Add(ServeAsync(near));
            }
        }
        catch (OperationCanceledException)
        {
            // The relay is disposed of.
        }
    }

    private async Task ServeAsync(Socket near)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (near)
        {
            near.NoDelay = far.NoDelay = true;
            var isExcess = Interlocked.Increment(ref open) > limit.Connections;
            try
            {
                if (isExcess)
                {
                    if (limit.Excess is Excess.Stall) await HearAsync(near);
                    return;
                }

                await far.ConnectAsync(IPAddress.Loopback, target, end.Token);
                await Task.WhenAll(PassAsync(near, far), PassAsync(far, near));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // One side has broken its connection, or the relay is disposed of.
            }
            finally
            {
                Interlocked.Decrement(ref open);
            }
        }
    }

    /// <summary>Reads until the peer gives up.</summary>
    private async Task HearAsync(Socket near)
    {
        var buffer = new byte[ChunkBytes];
        while (await near.ReceiveAsync(buffer, end.Token) > 0) { }
    }

    /// <summary>One way: what is read now is written later.</summary>
    private async Task PassAsync(Socket from, Socket to)
    {
        var under = Channel.CreateUnbounded<(long Due, byte[] Bytes)>();
        var writing = WriteAsync(under.Reader, to);
        var buffer = new byte[ChunkBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, end.Token) is var read and > 0) await Later(buffer[..read]);
            await Later([]);
            under.Writer.Complete();
            await writing;
        }
        catch (SocketException)
        {
            // What one side does to its connection is done to the other.
            from.Close(timeout: 0);
            to.Close(timeout: 0);
            throw;
        }
        finally
        {
            under.Writer.TryComplete();
        }

        ValueTask Later(byte[] bytes) => under.Writer.WriteAsync((time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency), bytes));
    }

    private async Task WriteAsync(ChannelReader<(long Due, byte[] Bytes)> under, Socket to)
    {
        await foreach (var (due, bytes) in under.ReadAllAsync(end.Token))
        {
            var wait = time.GetElapsedTime(time.GetTimestamp(), due);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, end.Token);
            // Nothing: the end of what comes.
            if (bytes.Length == 0) to.Shutdown(SocketShutdown.Send);
            else await to.SendAsync(bytes, end.Token);
        }
    }
}
