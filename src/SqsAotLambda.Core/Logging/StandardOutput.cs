using System.Runtime.InteropServices;

namespace SqsAotLambda.Logging;

/// <summary>
/// The process's standard output, which is never waited for: what finds no room, or no reader, is lost. Console's own stream would block,
/// and starts a thread for signals with its first line.
/// </summary>
/// <remarks>Writes throw an IOException for what is lost, in whole or from somewhere on.</remarks>
internal sealed partial class StandardOutput : Stream
{
    private const int Descriptor = 1;

    /// <summary>In bytes. A pipe that poll calls writable takes so many at once: https://man7.org/linux/man-pages/man7/pipe.7.html.</summary>
    private const int Piece = 4096;

    /// <summary>How long a reader that is only slow is given; one that let it pass gets nothing more until there is room again.</summary>
    private const int PatienceMilliseconds = 100;

    /// <summary>POLLOUT and POLLNVAL; with a reader that is gone POLLERR stands beside the first.</summary>
    private const short Writable = 4, Invalid = 32;

    /// <summary>EINTR.</summary>
    private const int Interrupted = 4;

    private bool isStuck, isCut;

    public StandardOutput()
    {
        if (Poll(0) != Invalid) return;

        // Closed: the next socket would get its number, and the lines.
        using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);
        if (nothing.DangerousGetHandle() == Descriptor) nothing.SetHandleAsInvalid();
        else _ = Duplicate((int)nothing.DangerousGetHandle(), Descriptor);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <param name="buffer">A line, with its end.</param>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        // The rest of a line that was cut is lost: the next one begins a line of its own.
        if (isCut) WritePiece("\n"u8);
        for (isCut = false; !buffer.IsEmpty; isCut = !buffer.IsEmpty) buffer = buffer[WritePiece(buffer[..Math.Min(buffer.Length, Piece)])..];
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private int WritePiece(ReadOnlySpan<byte> piece)
    {
        isStuck = Poll(isStuck ? 0 : PatienceMilliseconds) != Writable;
        var written = isStuck ? -1 : Write(Descriptor, piece, piece.Length);
        return written > 0 ? (int)written : throw new IOException("The line is lost.");
    }

    /// <summary>What the descriptor is ready for; 0 when the time is over.</summary>
    private static short Poll(int milliseconds)
    {
        var poll = new PollDescriptor { Descriptor = Descriptor, Events = Writable };
        while (Poll(ref poll, 1, milliseconds) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
        }

        return poll.Returned;
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);

    /// <summary>struct pollfd.</summary>
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
