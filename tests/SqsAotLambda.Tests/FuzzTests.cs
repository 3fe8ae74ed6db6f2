using System.Text;
using CsCheck;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

/// <summary>Mutated bytes, thrown at whatever reads what others wrote: each run ends, as an answer or as the exception that is foreseen.</summary>
public sealed class FuzzTests
{
    /// <summary>In bytes: the largest input with all that reading it takes.</summary>
    private const long MaxAllocated = 512 * 1024;

    private static readonly string[] Answers =
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nRetry-After: 7\r\n\r\nhello",
        "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive, x\r\n\r\n5;a=b\r\nhello\r\n0\r\nTrailer: 1\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.0 404 Not Found\r\n\r\nuntil the end",
        "HTTP/1.1 200 OK\nName : a\r\n b\nNo header\nRetry-After:\n\t7\nContent-Length: 5\n\nhello",
        "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
    ];

    private const string Routes = """
        [{"name":"a","when":{"attribute:type":["order","x"],"body:/n":{"exists":true},"not":{"body:/draft":true}},
          "url":"https://a.example.com/{attribute:type}/x?y={body:/n}",
          "method":"PUT","headers":{"X-A":"{queue}"},"body":{"a":"{body:/list}","b":["x{messageId}"]},"timeout":"5s","successOn":"200-299,409"},
         {"name":"b","when":{"attribute:type":{"prefix":"p"}},"drop":true},
         {"name":"c","when":{"attribute:type":"request"},"request":"message","url":"https://c.example.com/v1",
          "allowedHosts":["c.example.com","[2600:1f18::1]:8443"],"allowedHeaders":["X-*"],"allowPrivate":false}]
        """;

    private static readonly string[] Described =
    [
        """{"method":"PUT","url":"https://c.example.com/a%2Fb/c?d=e","query":{"f":"é","g":["1","2"]},"headers":"""
            + """{"X-A":"b","Content-Type":"text/plain"},"body":{"h":[1,"\u00e9"]}}""",
        """{"path":"/a/b;c?d","headers":{"If-Match":"\"1\""},"body":"a\nb\ud83d\ude00"}""",
        """{"url":"https://[2600:1f18::1]:8443/..a/.b","method":"DELETE"}""",
    ];

    private const string Sharp = "\r\n\t\0 %./\\:{}\"'é☃";

    [Fact(Timeout = 30_000)]
    public Task Responses() => Property.HoldsAsync(
        Gen.Select(Mutated.AnyOf([.. Answers.Select(Encoding.UTF8.GetBytes)]), Gen.Int[1, 39]),
        runs: 20_000,
        async input =>
        {
            var (answers, piece) = input;
            var reader = new ResponseReader(new PieceStream(answers.Bytes.Chunk(piece), closed: true), maxBody: 64 * 1024);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                for (var response = 0; response < 10; response++) await reader.ReadAsync();
            }
            catch (Exception e) when (e is EndOfStreamException or HttpFormatException)
            {
                // What is foreseen.
            }

            AssertBounded(before);
        });

    [Fact]
    public void Events()
    {
        var events = new EventReader();
        Property.Holds(Mutated.AnyOf(Golden.Read("standard-event.json")), runs: 20_000, input =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                events.Read(input.Bytes, trace: null);
            }
            catch (InvalidEventException)
            {
                // What is foreseen.
            }

            AssertBounded(before);
        });
    }

    [Fact]
    public void Settings_of_routes() => Property.Holds(Mutated.AnyOf(Encoding.UTF8.GetBytes(Routes)), runs: 5_000, input =>
    {
        try
        {
            Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", Encoding.UTF8.GetString(input.Bytes)));
        }
        catch (InvalidSettingsException)
        {
            // What is foreseen.
        }
    });

    [Fact(Timeout = 30_000)]
    public async Task Messages_on_their_routes()
    {
        using var function = Function((_, _) => { });
        var text = AnyText.Of(Sharp, 1, 7);
        var messages = Gen.Select(
            Mutated.AnyOf("""{"n":7,"draft":false,"list":[1,{"a":"é\n"}],"s":"😀"}"""u8.ToArray()),
            text,
            text,
            Gen.OneOf(Gen.Const("order"), text),
            text,
            text,
            text);

        await Property.HoldsAsync(messages, runs: 20_000, async input =>
        {
            var (body, group, trace, type, name, value, parent) = input;
            var message = Given.Message() with
            {
                Body = body.Bytes,
                GroupId = group,
                TraceHeader = trace,
                Attributes = [new("type", "String", type), new(name, "String", value), new("traceparent", "String", parent)],
            };

            var delivery = await Given.DeliverAsync(function, message);

            Assert.True(delivery.Outcome is Outcome.Delivered or Outcome.Dropped or Outcome.Rejected, $"{delivery}");
        });
    }

    /// <summary>Whatever the message says, its request goes to a host of the route, in a form that leaves no doubt.</summary>
    [Fact(Timeout = 30_000)]
    public async Task Requests_that_messages_describe()
    {
        var (made, refused, sent) = (0, 0, (Request: default(Request), Bytes: ""));
        using var function = Function((request, bytes) => sent = (request, bytes));

        await Property.HoldsAsync(Mutated.AnyOf([.. Described.Select(Encoding.UTF8.GetBytes)]), runs: 40_000, async input =>
        {
            sent = (null, "");
            var message = Given.Message() with { Body = input.Bytes, Attributes = [new("type", "String", "request")] };
            var before = GC.GetAllocatedBytesForCurrentThread();
            var delivery = await Given.DeliverAsync(function, message);
            AssertBounded(before);

            Assert.Equal(sent.Request is null ? Outcome.Rejected : Outcome.Delivered, delivery.Outcome);
            Assert.Equal(sent.Request is null, delivery.Reason is not null);
            if (sent.Request is not { } request)
            {
                refused++;
                return;
            }

            made++;
            var lines = sent.Bytes.Split("\r\n\r\n", 2)[0].Split("\r\n");
            Assert.Equal(request.Headers.Length + (request.Body is null ? 2 : 3), lines.Length);
            Assert.Matches(@"^(POST|PUT|PATCH|GET|DELETE) /[!-\[\]-~]* HTTP/1\.1$", lines[0]);
            Assert.Contains(lines[1], (string[])["Host: c.example.com", "Host: [2600:1f18::1]:8443"]);
            Assert.DoesNotContain("/../", Uri.UnescapeDataString(request.Url.AbsolutePath), StringComparison.Ordinal);
        });

        Assert.True(made > 1000 && refused > 1000, $"{made} made, {refused} refused");
    }

    /// <summary>A function whose requests are written, and sent to nobody.</summary>
    private static Function Function(Action<Request, string> sent) => Given.Function(
        Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", Routes)),
        new()
        {
            Ask = (request, _, _, _) =>
            {
                sent(request, Encoding.UTF8.GetString(new RequestWriter().Write(request).Span));
                return ValueTask.FromResult(new Answer(200));
            },
        },
        random: new Random(Seed: 1));

    private static void AssertBounded(long before) =>
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocated);
}
