using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace SqsAotLambda.Tests.Support;

/// <summary>
/// .NET's TLS server at the far end of a simulated connection. It has a thread of its own, and the network stands still while that works, so that
/// all is the same each time.
/// </summary>
internal sealed class RealTlsPeer : Stream
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim work = new(0), done = new(0);
    private readonly Queue<byte> received = [];
    private readonly MemoryStream written = new();
    private Action<SslStream> command = _ => { };
    private bool isOver;

    public RealTlsPeer(SimulatedPeer peer, X509Certificate2 certificate)
    {
        new Thread(() => Serve(certificate)) { IsBackground = true }.Start();
        Await();
        peer.OnBytes = piece =>
        {
            foreach (var each in piece) received.Enqueue(each);
            peer.Send(Do(_ => { }));
        };
        peer.OnClosed = () =>
        {
            isOver = true;
            work.Release();
        };
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Lets the server do something.</summary>
    /// <returns>What it wants to send.</returns>
    public byte[] Do(Action<SslStream> command)
    {
        this.command = command;
        work.Release();
        Await();
        var bytes = written.ToArray();
        written.SetLength(0);
        return bytes;
    }

    public override int Read(Span<byte> buffer)
    {
        while (received.Count == 0)
        {
            Pause();
            if (isOver) return 0;
        }

        var count = Math.Min(buffer.Length, received.Count);
        for (var index = 0; index < count; index++) buffer[index] = received.Dequeue();
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => written.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Serve(X509Certificate2 certificate)
    {
        try
        {
            using var tls = new SslStream(this);
            tls.AuthenticateAsServer(certificate);
            for (Pause(); !isOver; Pause()) command(tls);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client has had enough.
        }
        finally
        {
            done.Release();
        }
    }

    /// <summary>Of the server's thread: it has done what it could.</summary>
    private void Pause()
    {
        done.Release();
        work.Wait();
    }

    private void Await()
    {
        if (!done.Wait(Limit)) throw new TimeoutException("The TLS server hangs.");
    }
}
