using System.Text;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

/// <summary>Mutated bytes, thrown at whatever reads what others wrote: each run ends, as an answer or as the exception that is foreseen.</summary>
public sealed class FuzzTests
{
    private const int Seed = 20261121;

    /// <summary>In bytes: the largest input with all that reading it takes.</summary>
    private const long MaxAllocated = 512 * 1024;

    private static readonly string[] Answers =
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nRetry-After: 7\r\n\r\nhello",
        "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive, x\r\n\r\n5;a=b\r\nhello\r\n0\r\nTrailer: 1\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.0 404 Not Found\r\n\r\nuntil the end",
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

    [Fact(Timeout = 30_000)]
    public async Task Responses()
    {
        var random = new Random(Seed);
        for (var run = 0; run < 20_000; run++)
        {
            var bytes = Mutate(random, Encoding.UTF8.GetBytes(Answers[random.Next(Answers.Length)]));
            var reader = new ResponseReader(new PieceStream(bytes.Chunk(random.Next(1, 40)), closed: true), maxBody: 64 * 1024);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                for (var response = 0; response < 10; response++) await reader.ReadAsync();
            }
            catch (Exception e) when (e is EndOfStreamException or HttpFormatException)
            {
                // What is foreseen.
            }

            AssertBounded(before, run);
        }
    }

    [Fact]
    public void Events()
    {
        var random = new Random(Seed);
        var golden = Golden.Read("standard-event.json");
        var events = new EventReader();
        for (var run = 0; run < 20_000; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                events.Read(Mutate(random, golden), trace: null);
            }
            catch (InvalidEventException)
            {
                // What is foreseen.
            }

            AssertBounded(before, run);
        }
    }

    [Fact]
    public void Settings_of_routes()
    {
        var random = new Random(Seed);
        for (var run = 0; run < 5_000; run++)
        {
            var routes = Encoding.UTF8.GetString(Mutate(random, Encoding.UTF8.GetBytes(Routes)));
            try
            {
                Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", routes));
            }
            catch (InvalidSettingsException)
            {
                // What is foreseen.
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Messages_on_their_routes()
    {
        var random = new Random(Seed);
        var settings = Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", Routes));
        var builder = new SqsAotLambda.Requests.RequestBuilder(settings.Requests, random);
        Endpoint[] endpoints = [.. settings.Routes.Select(route => Given.Endpoint(route))];
        Send build = (endpoint, message, deadline) => Task.FromResult(
            builder.Build(endpoint.Route, message, out _) is { } request && new RequestWriter()
                .Write(request).Length > 0 ? new Delivery(Outcome.Delivered) : new(Outcome.Rejected));
        var deliverer = new Deliverer(endpoints, build, (_, _, _) => Task.FromResult(false), rate: null, maxReceiveCount: null);
        for (var run = 0; run < 20_000; run++)
        {
            var body = Mutate(random, """{"n":7,"draft":false,"list":[1,{"a":"é\n"}],"s":"😀"}"""u8.ToArray());
            var message = Given.Message() with
            {
                Body = body,
                GroupId = RandomText(random),
                TraceHeader = RandomText(random),
                Attributes =
                [
                    new("type", "String", random.Next(2) == 0 ? "order" : RandomText(random)),
                    new(RandomText(random), "String", RandomText(random)),
                    new("traceparent", "String", RandomText(random)),
                ],
            };

            var delivery = await deliverer.DeliverAsync(message, Given.Closing(), Deadline.Never);

            Assert.NotEqual(Outcome.NotAttempted, delivery.Outcome);
        }
    }

    /// <summary>Whatever the message says, its request goes to a host of the route, in a form that leaves no doubt.</summary>
    [Fact]
    public void Requests_that_messages_describe()
    {
        var random = new Random(Seed);
        var settings = Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", Routes));
        var builder = new SqsAotLambda.Requests.RequestBuilder(settings.Requests, random);
        var (made, refused) = (0, 0);
        for (var run = 0; run < 40_000; run++)
        {
            var message = Given.Message() with { Body = Mutate(random, Encoding.UTF8.GetBytes(Described[random.Next(Described.Length)])) };
            var before = GC.GetAllocatedBytesForCurrentThread();
            var request = builder.Build(settings.Routes[2], message, out var fault);
            AssertBounded(before, run);

            Assert.Equal(request is null, fault is not null);
            if (request is null) refused++;
            else made++;
            if (request is null) continue;

            var lines = Encoding.UTF8.GetString(new RequestWriter().Write(request).Span).Split("\r\n\r\n", 2)[0].Split("\r\n");
            Assert.Equal(request.Headers.Count + (request.Body is null ? 2 : 3), lines.Length);
            Assert.Matches(@"^(POST|PUT|PATCH|GET|DELETE) /[!-\[\]-~]* HTTP/1\.1$", lines[0]);
            Assert.Contains(lines[1], (string[])["Host: c.example.com", "Host: [2600:1f18::1]:8443"]);
            Assert.DoesNotContain("/../", Uri.UnescapeDataString(request.Url.AbsolutePath), StringComparison.Ordinal);
        }

        Assert.True(made > 1000 && refused > 1000, $"{made} made, {refused} refused");
    }

    private static void AssertBounded(long before, int run) =>
        Assert.True(
            GC.GetAllocatedBytesForCurrentThread() - before < MaxAllocated, $"seed {Seed}, run {run}: it allocates more than {MaxAllocated} bytes");

    private static string RandomText(Random random)
    {
        const string Sharp = "\r\n\t\0 %./\\:{}\"'é☃";
        return string.Concat(
            Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(3) == 0 ? Sharp[random.Next(Sharp.Length)] : (char)random.Next('!', 'ÿ')));
    }

    /// <summary>Some bytes changed, dropped, doubled or moved, or all of it cut.</summary>
    private static byte[] Mutate(Random random, byte[] bytes)
    {
        var mutated = bytes.ToList();
        for (var change = random.Next(1, 6); change > 0 && mutated.Count > 1; change--)
        {
            var at = random.Next(mutated.Count);
            switch (random.Next(6))
            {
                case 0: mutated[at] = (byte)random.Next(256); break;
                case 1: mutated.RemoveAt(at); break;
                case 2: mutated.Insert(at, "\r\n\0 :;,\"{}[]0f9\\"u8[random.Next(16)]); break;
                case 3: mutated.InsertRange(at, mutated.GetRange(random.Next(at + 1), random.Next(mutated.Count - at) / 2)); break;
                case 4: mutated.RemoveRange(at, random.Next(mutated.Count - at)); break;
                default: mutated[at] ^= (byte)(1 << random.Next(8)); break;
            }
        }

        return [.. mutated];
    }
}
