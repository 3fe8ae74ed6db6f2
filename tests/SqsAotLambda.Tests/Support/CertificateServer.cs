using System.Net;
using System.Net.Sockets;

namespace SqsAotLambda.Tests.Support;

/// <summary>
/// Speaks TLS 1.2 as far as the certificate, which is any bytes, and then sends no more: a client that trusts it finds that the server has gone,
/// and one that does not says so. Before that nothing is encrypted, so nothing needs a key.
/// </summary>
internal sealed class CertificateServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Task serving;

    public CertificateServer()
    {
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>What the next client is presented with, in DER as far as it is.</summary>
    public byte[][] Chain { get; set; } = [];

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await serving;
        listener.Stop();
        end.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptSocketAsync(end.Token);
                await ServeAsync(client);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            var received = new byte[16 * 1024];
            for (int count = 0, read; count < 5 || count < 5 + Length(received.AsSpan(3)); count += read)
                if ((read = await client.ReceiveAsync(received.AsMemory(count), end.Token)) == 0) return;

            await client.SendAsync(Greeting(Chain), end.Token);
            client.Shutdown(SocketShutdown.Send);
            while (await client.ReceiveAsync(received, end.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // The client has seen enough.
        }
    }

    private static int Length(ReadOnlySpan<byte> bytes) => (bytes[0] << 8) | bytes[1];

    /// <summary><see href="https://www.rfc-editor.org/rfc/rfc5246#section-7.4"/>.</summary>
    private static byte[] Greeting(byte[][] chain)
    {
        // TLS 1.2, ECDHE-ECDSA-AES128-GCM-SHA256, secure renegotiation.
        byte[] hello = [3, 3, .. Enumerable.Repeat((byte)7, 32), 0, 0xc0, 0x2b, 0, 0, 5, 0xff, 1, 0, 1, 0];
        byte[] list = [.. chain.SelectMany(one => (byte[])[.. Size(one.Length), .. one])];
        byte[] messages = [2, .. Size(hello.Length), .. hello, 11, .. Size(list.Length + 3), .. Size(list.Length), .. list];
        return [.. messages.Chunk(16 * 1024).SelectMany(part => (byte[])[22, 3, 3, .. Size(part.Length)[1..], .. part])];
    }

    private static byte[] Size(int length) => [(byte)(length >> 16), (byte)(length >> 8), (byte)length];
}
