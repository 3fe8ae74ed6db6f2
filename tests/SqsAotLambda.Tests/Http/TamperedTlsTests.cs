using System.Net;
using System.Text;
using CsCheck;
using SqsAotLambda.Http;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.TamperingProxy;

namespace SqsAotLambda.Tests.Http;

/// <summary>Connections over TLS whose bytes are changed, lost, doubled, moved or added to on the way.</summary>
public sealed class TamperedTlsTests : IDisposable
{
    private const int Requests = 3, AtOnce = 10;

    /// <summary>In bytes: a handshake, tickets, and some answers.</summary>
    private const int Far = 3500;

    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(300);

    /// <summary>Records of each kind, and what is none.</summary>
    private static readonly byte[][] Records =
    [
        [20, 3, 3, 0, 1, 1], [21, 3, 3, 0, 2, 1, 0], [21, 3, 3, 0, 2, 2, 40], [22, 3, 3, 0, 4, 0, 0, 0, 0], [23, 3, 3, 0, 0],
        [23, 3, 3, 0, 20, .. new byte[20]], [23, 3, 3, 0xff, 0xff], [0], "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(),
    ];

    private static readonly Gen<Tampering> AnyTampering = Gen.Select(
        Gen.Int[1, (int)Kind.Swap], Gen.Bool, Gen.Int[0, Far], Gen.Byte, Gen.Int[0, Records.Length - 1], (kind, isOfServer, at, value, more) =>
            new Tampering((Kind)kind, isOfServer, at, value, Records[more]));

    private readonly TrustFiles files = [];
    private int answers, faults;

    public void Dispose() => files.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Each_request_has_its_own_answer_or_a_fault()
    {
        var root = Issued.Root("Root");
        files.Add("bundle.pem", root.Pem);
        await using var server = new StubServer(request => Replies.Status(200, request.Path + request.Text), root.Server().WithKey);

        var breach = await Property.FindBreachAsync(AnyTampering.Array[2].Array[AtOnce], runs: 25, plans =>
            Task.WhenAll(plans.Select(plan => LiveAsync(server.Port, plan))));

        Assert.True(breach is null, $"The input of the seed {breach?.Seed}: {breach?.Cause}");
        Assert.True(answers > 50 && faults > 50, $"{answers} answers and {faults} faults: the changes are the wrong ones.");
    }

    private async Task LiveAsync(int target, Tampering[] plan)
    {
        await using var proxy = new TamperingProxy(target, plan);
        var trust = new TrustStore(new CertificateFiles(files.Bundle, files.Directories), TimeProvider.System);
        using (var connections = new ConnectionPool(new(ResolveAsync, trust, Limit, 4096, TestLoop.Here), new(TestLoop.Here), TestLoop.Here))
            for (var request = 0; request < Requests; request++) await FetchAsync(connections, proxy.Port, $"{request}");

        for (var turn = 0; proxy.Open > 0; turn++)
        {
            Assert.InRange(turn, 0, 10_000);
            await TestLoop.Here.WaitUntilAsync(TestLoop.Here.After(TimeSpan.FromMilliseconds(1)));
        }
    }

    private async Task FetchAsync(ConnectionPool connections, int port, string id)
    {
        var request = new Request("POST", new($"https://localhost:{port}/{id}"), Encoding.ASCII.GetBytes($"body {id} {new string('x', 200)}"));
        try
        {
            var response = await connections.FetchAsync(request, Limit, Deadline.Never);
            Assert.Equal(200, response.Head.Status);
            Assert.Equal($"/{id}{Encoding.ASCII.GetString(request.Body!.Value.Span)}", Encoding.ASCII.GetString(response.Body.Span));
            answers++;
        }
        catch (HttpFaultException e)
        {
            Assert.False(e.Fault is Fault.Internal or Fault.None, e.ToString());
            faults++;
        }
    }

    private static ValueTask<IPEndPoint[]?> ResolveAsync(string host, int port, long until) => new([new IPEndPoint(IPAddress.Loopback, port)]);
}
