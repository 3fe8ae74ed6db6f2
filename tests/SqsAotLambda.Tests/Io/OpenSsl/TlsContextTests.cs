using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Io.OpenSsl;

/// <summary>Alone, because it measures what the whole process has of the C library's memory.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class TlsContextTestsAlone;

/// <summary>What is kept of those that were trusted.</summary>
[Collection(typeof(TlsContextTestsAlone))]
public sealed partial class TlsContextTests
{
    /// <summary>In bytes, of a root that is seen in the process's memory.</summary>
    private const int Size = 1024 * 1024;

    private static readonly Issued Root = Issued.Root(
        "Root", Issued.Terms.Authority.And(new X509Extension("1.2.3.4", [4, 0x83, Size >> 16, 0, 0, .. new byte[Size]], critical: false)));

    private static readonly Issued Server = Root.Server();

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_kept_of_those_that_are_trusted_no_longer()
    {
        const int Times = 100;
        var given = new List<WeakReference>();
        using var server = new OpenSslServer(Server, client => client.TryRead(1));
        var context = new TlsContext(() => Fresh(given));
        await ConnectAsync(context, server.Port);
        var before = Allocated();

        for (var time = 0; time < Times; time++) await ConnectAsync(context, server.Port);

        // Half of what it would be if each root stayed.
        Assert.InRange(Allocated() - before, long.MinValue, (long)Times * Size / 2);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(given.Count(each => each.IsAlive), 0, 3);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Roots Fresh(List<WeakReference> given)
    {
        var roots = new Roots(Root.Certificate.RawData);
        given.Add(new(roots));
        return roots;
    }

    private static async Task ConnectAsync(TlsContext context, int port)
    {
        using var tickets = new TlsTickets();
        var socket = await AddressRace.ConnectAsync(TestLoop.Here, [new(IPAddress.Loopback, port)], Loop.Never);
        using var tls = await TlsSession.ConnectAsync(TestLoop.Here, context, socket, "localhost", tickets);
    }

    /// <summary>In bytes, by OpenSSL and all else that is no object of .NET's.</summary>
    private static long Allocated()
    {
        var memory = ReadMemory();
        return (long)(memory.Used + memory.Mapped);
    }

    /// <summary>https://man7.org/linux/man-pages/man3/mallinfo.3.html.</summary>
    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial Memory ReadMemory();

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Memory
    {
        private readonly nuint arena, unused, small, maps;
        public readonly nuint Mapped;
        private readonly nuint most, smallFree;
        public readonly nuint Used;
        private readonly nuint free, releasable;
    }

    private sealed class Roots(byte[] root) : IRoots
    {
        public IEnumerable<ReadOnlyMemory<byte>> OfSubject(ReadOnlySpan<byte> name) => [root];
    }
}
