using System.Net;
using SqsAotLambda.Io;

namespace SqsAotLambda.Tests.Io;

/// <summary>What tests do on a loop.</summary>
internal static class OnLoop
{
    public static T Run<T>(this Loop loop, Func<ValueTask<T>> main) => loop.Run(() => main().AsTask());

    /// <param name="until">By the loop's clock.</param>
    /// <exception cref="SocketFaultException">No connection came about.</exception>
    public static ValueTask<TcpSocket> ConnectAsync(Loop loop, IPEndPoint to, long until) => AddressRace.ConnectAsync(loop, [to], until);

    /// <summary>So many bytes, or all up to the end.</summary>
    public static async ValueTask<byte[]> ReadAsync(TcpSocket socket, int length)
    {
        var read = new List<byte>();
        var buffer = new byte[1000];
        while (read.Count < length)
        {
            var count = await socket.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, length - read.Count)));
            if (count == 0) break;

            read.AddRange(buffer.AsSpan(0, count));
        }

        return [.. read];
    }

    public static async ValueTask SleepAsync(Loop loop, long until)
    {
        var waiter = new Waiter();
        new LoopTimer(loop, waiter.Signal).Set(until);
        await waiter.WaitAsync();
    }
}
