using System.Globalization;
using System.Net;
using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Http;

/// <summary>Many exchanges at once with a server that does its worst, and a clock that moves.</summary>
public sealed class ConnectionStormTests : IDisposable
{
    private const int Exchanges = 600;

    /// <summary>Of its own: TLS sessions are kept by name, for all tests at once.</summary>
    private const string Host = "storm.example";

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider time = Given.Clock();
    private readonly SynchronizationContext test = SynchronizationContext.Current!;
    private readonly TrustFiles files = [];

    public void Dispose() => files.Dispose();

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_answer_is_that_of_its_request_which_is_sent_twice_at_most_and_nothing_hangs(bool tls)
    {
        var root = Issued.Root("root");
        files.Add("bundle.pem", root.Pem);
        var answers = new Dictionary<int, string>();
        await using var server = new StubServer(Answer, tls ? root.Server(Issued.Terms.For(names => names.AddDnsName(Host))).WithKey : null);
        using (var connections = new ConnectionPool(Connector(), new(TestLoop.Here), TestLoop.Here))
        {
            var next = 0;
            await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => WorkAsync(connections)));

            async Task WorkAsync(ConnectionPool over)
            {
                while (next < Exchanges)
                {
                    var id = next++;
                    answers.Add(id, await ExchangeAsync(over, server, id));
                }
            }
        }

        while (server.Open > 0) await Task.Yield();
        Assert.Equal(Exchanges, answers.Count);
        Assert.All(answers, answer => Assert.True(IsOwn(answer.Key, answer.Value), $"{answer.Key} was answered with {answer.Value}"));
        Assert.All(server.Requests.GroupBy(request => request.Path), requests => Assert.InRange(requests.Count(), 1, 2));
        Assert.InRange(answers.Count(answer => answer.Value == Text(answer.Key)), Exchanges / 2, Exchanges);
    }

    private static string Text(int id) => $"the answer to {id} " + new string('.', id % 7 == 0 ? 17_000 + id : 0);

    /// <summary>
    /// The answer, or what may have kept it from coming; that a connection is about to close is seen now and then only when it was used.
    /// </summary>
    private static bool IsOwn(int id, string answer) =>
        answer == Text(id) || answer is nameof(Fault.Timeout) or nameof(Fault.Reset) or nameof(Fault.Truncated);

    private static int Kind(int id) => new Random(id).Next(10);

    private static async Task<string> ExchangeAsync(ConnectionPool connections, StubServer server, int id)
    {
        var deadline = Kind(id) == 9 ? new(DateTimeOffset.MinValue, TimeProvider.System) : Deadline.Never;
        var request = new Request("POST", new($"{server.Url.Scheme}://{Host}:{server.Port}/{id}"), new byte[id % 5 == 0 ? 40_000 : 10]);
        try
        {
            var response = await connections.FetchAsync(request, Kind(id) is 0 or 1 ? Short : TimeSpan.FromDays(1), deadline);
            return Encoding.UTF8.GetString(response.Body.Span);
        }
        catch (OutOfTimeException)
        {
            return nameof(Fault.Timeout);
        }
        catch (HttpFaultException e)
        {
            return e.Fault.ToString();
        }
    }

    private Reply Answer(StubRequest request)
    {
        var id = int.Parse(request.Path[1..], CultureInfo.InvariantCulture);
        var whole = $"HTTP/1.1 200 OK\r\nContent-Length: {Text(id).Length}\r\n\r\n{Text(id)}";
        return Kind(id) switch
        {
            0 => Late(Replies.Stall),
            1 => Late(Replies.RawThenStall(whole[..(whole.Length / 2)])),
            2 => Replies.Reset,
            3 => Replies.RawThenClose(whole),
            4 => Replies.Raw($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{Text(id).Length:x}\r\n{Text(id)}\r\n0\r\nTrailer: t\r\n\r\n"),
            // Rarely: from then on no connection is used again for a minute.
            5 when id % 8 == 0 => Replies.Raw(whole + "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ninjected"),
            6 => Replies.Raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + whole),
            7 => Replies.RawThenClose($"HTTP/1.0 200 OK\r\n\r\n{Text(id)}"),
            _ => Replies.Raw(whole),
        };
    }

    /// <summary>Lets the time of the exchange pass.</summary>
    private Reply Late(Reply then) => async (stream, socket, end) =>
    {
        var stalling = then(stream, socket, end);
        test.Post(_ => time.Advance(Short), null);
        return await stalling;
    };

    private Connector Connector() => new(
        Dialled.Resolving(guard: null, IPAddress.Loopback).ResolveAsync,
        new TrustStore(new CertificateFiles(files.Bundle, files.Directories), time), TimeSpan.FromDays(1), 64 * 1024, TestLoop.Here);
}
