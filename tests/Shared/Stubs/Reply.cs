using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace SqsAotLambda.Tests.Shared;

/// <summary>Writes an answer, or does something worse. False: the connection is to be closed.</summary>
internal delegate Task<bool> Reply(Stream stream, Socket socket, CancellationToken end);

/// <summary>What a scripted server can do with a request.</summary>
internal static class Replies
{
    public static Reply Status(int status, string body = "", params string[] headers) =>
        Raw(
            $"HTTP/1.1 {status} Scripted\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Content-Length: "
                + $"{Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public static Reply Raw(string answer) => Raw(Encoding.UTF8.GetBytes(answer));

    public static Reply Raw(byte[] answer) => async (stream, _, end) =>
    {
        await stream.WriteAsync(answer, end);
        return true;
    };

    /// <summary>Sends the bytes one by one, each in a packet of its own as far as the network lets it.</summary>
    public static Reply Trickled(string answer) => async (stream, _, end) =>
    {
        foreach (var each in Encoding.UTF8.GetBytes(answer)) await stream.WriteAsync(new[] { each }, end);
        return true;
    };

    public static Reply RawThenClose(string answer) => async (stream, _, end) =>
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), end);
        return false;
    };

    /// <summary>Sends the beginning of an answer and then nothing, until the peer goes away or the test ends.</summary>
    public static Reply RawThenStall(string answer) => async (stream, _, end) =>
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), end);
        await stream.ReadExactlyAsync(new byte[1], end);
        return false;
    };

    public static Reply Stall => RawThenStall("");

    public static Reply Reset => (_, socket, _) =>
    {
        socket.Close(timeout: 0);
        return Task.FromResult(false);
    };

    /// <summary>Closes the connection, without a word of TLS.</summary>
    public static Reply Close => (_, socket, _) =>
    {
        socket.Shutdown(SocketShutdown.Both);
        return Task.FromResult(false);
    };

    /// <summary>Closes the connection, over TLS with its alert close_notify.</summary>
    public static Reply CloseNotify => async (stream, socket, end) =>
    {
        if (stream is SslStream tls) await tls.ShutdownAsync();
        return await Close(stream, socket, end);
    };

    /// <summary>Holds the answer back until the gate opens.</summary>
    public static Reply After(Task gate, Reply then) => async (stream, socket, end) =>
    {
        await gate.WaitAsync(end);
        return await then(stream, socket, end);
    };
}
