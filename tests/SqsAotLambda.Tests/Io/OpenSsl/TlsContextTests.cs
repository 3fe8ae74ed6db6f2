using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Io.OpenSsl;

/// <summary>Alone, because it measures the memory of the whole process.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class TlsContextTestsAlone;

/// <summary>What is kept of those that were trusted.</summary>
[Collection(typeof(TlsContextTestsAlone))]
public sealed class TlsContextTests
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
        var before = Resident();

        for (var time = 0; time < Times; time++) await ConnectAsync(context, server.Port);

        // Half of what it would be if each root stayed.
        Assert.InRange(Resident() - before, long.MinValue, (long)Times * Size / 2);
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

    /// <summary>In bytes.</summary>
    private static long Resident() => Environment.WorkingSet - GC.GetGCMemoryInfo().TotalCommittedBytes;

    private sealed class Roots(byte[] root) : IRoots
    {
        public IEnumerable<ReadOnlyMemory<byte>> OfSubject(ReadOnlySpan<byte> name) => [root];
    }
}
