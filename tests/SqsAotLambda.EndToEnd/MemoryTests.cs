using System.Globalization;
using SqsAotLambda.EndToEnd.Support;
using static SqsAotLambda.EndToEnd.Support.HostileEvent;

namespace SqsAotLambda.EndToEnd;

/// <summary>The memory that the native binary takes for events of 6 MB, whatever their shape and however many routes look at them.</summary>
public sealed class MemoryTests
{
    private const int MostMemory = 64 * 1024 * 1024;

    private const string WhenEqual = """{"body:/x":"q"}""";

    /// <summary>Routes, other settings and the status of each answer; then an event.</summary>
    private static readonly Dictionary<string, Hostile> Events = new()
    {
        ["attributes that grow threefold in two headers each"] = new(
            Six(each => Message(each, attributes: Attribute(Filled("é")))), Headers: "sqsd,cloudevents"),
        ["attributes beside a body of their size"] = new(
            Times(3, each => Message(each, Filled("a"), Attribute(Filled("é")))), Headers: "sqsd,cloudevents"),
        ["1 MB compared with a text"] = new(Six(each => Message(each, Member(Filled("a")))), Routes(20, _ => WhenEqual)),
        ["1 MB of escapes compared with a text"] = new(Six(each => Message(each, Member(Filled(@"\\u00e9")))), Routes(20, _ => WhenEqual)),
        ["1 MB compared by prefix"] = new(
            Six(each => Message(each, Member(Filled("q")))), Routes(20, each => $$"""{"body:/x":{"prefix":"{{new string('q', each + 1)}}z"} }""")),
        ["1 MB that is there"] = new(
            Six(each => Message(each, Member(Filled("q")))), Routes(20, each => $$"""{"body:/x":{"exists":false},"body:/y{{each}}":1}""")),
        ["1 MB with other pointers"] = new(Six(each => Message(each, Member(Filled("a")))), Routes(20, each => $$"""{"body:/{{each}}":"q"}""")),
        ["1 MB compared with numbers"] = new(
            Six(each => Message(each, $$"""{\"x\":{{Filled("7")}}}""")), Routes(20, each => $$"""{"body:/x":[{{each}},7,1e300]}""")),
        ["attributes compared"] = new(
            Six(each => Message(each, attributes: Attribute(Filled("a")))),
            Routes(20, each => $$"""{"attribute:x":["{{each}}","b"],"not":{"attribute:x":{"prefix":"b"} } }""")),
        ["a key of 1 MB from the body"] = new(Six(each => Message(each, Member(Filled("a")))), Key: "body:/x"),
        ["a key of 1 MB of escapes"] = new(Six(each => Message(each, Member(Filled(@"\\u00e9")))), Key: "body:/x"),
        ["a key of 1 MB from an attribute"] = new(Six(each => Message(each, attributes: Attribute(Filled("é")))), Key: "attribute:x"),
        ["a key of 1 MB of spaces"] = new(Six(each => Message(each, Member(Filled(" ")))), Key: "body:/x"),
        ["1 MB into a URL"] = new(Six(each => Message(each, Member(Filled("é")))), """[{"name":"a","url":"URL{body:/x}?q={body:/x}"}]"""),
        ["an attribute of 1 MB into a URL"] = new(
            Six(each => Message(each, attributes: Attribute(Filled("é")))), """[{"name":"a","url":"URL?q={attribute:x}"}]"""),
        ["1 MB into a header"] = new(Six(each => Message(each, Member(Filled("é")))), """[{"name":"a","url":"URL","headers":{"X-A":"{body:/x}"}}]"""),
        ["1 MB into a body"] = new(Six(each => Message(each, Member(Filled("é")))), """[{"name":"a","url":"URL","body":{"a":"{body:/x}"}}]"""),
        ["1 MB of escapes into a text"] = new(
            Six(each => Message(each, Member(Filled(@"\\u00e9")))), """[{"name":"a","url":"URL","body":"<{body:/x}>"}]"""),
        ["1 MB of control characters into a string"] = new(
            Six(each => Message(each, Member(Filled(@"\\u0001")))), """[{"name":"a","url":"URL","body":{"a":"<{body:/x}>"}}]"""),
        ["1 MB that other writers escape six times over"] = new(
            Six(each => Message(each, Member(Filled("\u007f")))), """[{"name":"a","url":"URL","body":{"a":"<{body:/x}>"}}]"""),
        ["an attribute that other writers escape six times over"] = new(
            Six(each => Message(each, attributes: Attribute(Filled("\u007f<")))),
            """[{"name":"a","url":"URL","body":{"a":"{attribute:x}","b":"<{attribute:x}>"}}]"""),
        ["1 MB into a body ten times"] = new(
            Six(each => Message(each, Member(Filled("a")))),
            $$"""[{"name":"a","url":"URL","body":[{{string.Join(',', Enumerable.Repeat("\"{body:/x}\"", 10))}}]}]"""),
        ["1 MB into a body twice"] = new(
            Six(each => Message(each, Member(Filled("a")))), """[{"name":"a","url":"URL","body":["{body:/x}","{body:/x}"]}]"""),
        ["2 KB into a body a thousand times"] = new(
            Times(40, each => Message(each, Member(Filled("a", 2000)))),
            $$"""[{"name":"a","url":"URL","body":[{{string.Join(',', Enumerable.Repeat("\"{body:/x}\"", 1000))}}]}]"""),
        ["1 KB into a body five hundred times"] = new(
            Times(60, each => Message(each, Member(Filled("a", 1000)))),
            $$"""[{"name":"a","url":"URL","body":[{{string.Join(',', Enumerable.Repeat("\"{body:/x}\"", 500))}}]}]"""),
        ["bodies of escapes"] = new(Six(each => Message(each, Filled(@"\u00e9\n"))), Routes(20, each => $$"""{"body:/{{each}}":"q"}""")),
        ["bodies of lines"] = new(Six(each => Message(each, Filled(@"\n"))), Routes(20, each => $$"""{"body:/{{each}}":"q"}""")),
        ["deep bodies"] = new(Six(each => Message(each, Filled("["))), Routes(20, each => $$"""{"body:/0/{{each}}":"q"}""")),
        ["names of 1 MB"] = new(Six(each => Message(each, $$"""{\"{{Filled("a")}}\":1}""")), Routes(20, each => $$"""{"body:/{{each}}":"q"}""")),
        ["many small members"] = new(
            Six(each => Message(each, $$"""{{{Filled("""\"a\":1,""")}}\"x\":1}""")), Routes(20, each => $$"""{"body:/x{{each}}":"q"}""")),
        ["10,000 small messages and many pointers"] = new(
            Times(10_000, each => Message(each, Filled("1", 250))), Routes(20, each => $$"""{"body:/{{each}}":"q"}""")),
        ["10,000 small messages that are no JSON"] = new(
            Times(10_000, each => Message(each, Filled("a", 250), Attribute(Filled("b", 50)))),
            Routes(20, each => $$"""{"body:/{{each}}":"q","attribute:y":"z"}"""),
            Headers: "sqsd,cloudevents"),
        ["10,000 small messages that fail"] = new(Times(10_000, each => Message(each, "x")), Status: 500),
        ["10,000 small messages that lose a header each"] = new(Times(10_000, each => Message(each, "x", Attribute("y", "a b"))), Headers: "sqsd"),
        ["one body of 6 MB"] = new(One(() => Message(0, Member(Filled("a", 6 * Large)))), Routes(20, _ => WhenEqual), Key: "body:/x"),
        ["one body of 6 MB of escapes"] = new(
            One(() => Message(0, Member(Filled(@"\\u00e9", 6 * Large)))), Routes(20, _ => WhenEqual), Key: "body:/x"),
        ["one body of 6 MB into another"] = new(
            One(() => Message(0, Member(Filled(@"\\n", 6 * Large)))),
            """[{"name":"a","url":"URL","body":{"a":"{body:/x}","b":"<{body:/y}>"}},{"name":"b","url":"URL","body":"{body:/x}"}]"""),
        ["one attribute of 6 MB"] = new(
            One(() => Message(0, attributes: Attribute(Filled("a", 6 * Large)))),
            Routes(20, each => $$"""{"attribute:x":"{{each}}"}"""),
            Headers: "sqsd,cloudevents"),
        ["one attribute of 6 MB of escapes"] = new(
            One(() => Message(0, attributes: Attribute(Filled(@"\u00e9", 6 * Large)))), Headers: "sqsd,cloudevents"),
        ["described headers"] = new(Six(each => Message(each, DescribedBy($$"""\"headers\":{\"If-Match\":\"{{Filled("a")}}\"} """))), Described),
        ["described names of headers"] = new(Six(each => Message(each, DescribedBy($$"""\"headers\":{\"{{Filled("a")}}\":\"b\"} """))), Described),
        ["described query"] = new(Six(each => Message(each, DescribedBy($$"""\"query\":{\"a\":\"{{Filled("é")}}\"} """))), Described),
        ["described query of empty lists"] = new(
            Six(
                each => Message(
                    each,
                    DescribedBy($$"""\"query\":{ {{string.Join(',', Enumerable.Range(0, 70_000).Select(name => $"\\\"{name:x5}\\\":[]"))}} } """))),
            Described),
        ["described path"] = new(Six(each => Message(each, $$"""{\"path\":\"/{{Filled("a")}}\"}""")), Described),
        ["described url"] = new(Six(each => Message(each, $$"""{\"url\":\"https://{{Filled("a")}}\"}""")), Described),
        ["described method"] = new(Six(each => Message(each, $$"""{\"method\":\"{{Filled(@"\\u00e9")}}\"}""")), Described),
        ["described body of escapes"] = new(Six(each => Message(each, $$"""{\"path\":\"/\",\"body\":\"{{Filled(@"\\n")}}\"}""")), Described),
        ["described member of 1 MB"] = new(Six(each => Message(each, $$"""{\"{{Filled(@"\\u00e9")}}\":1}""")), Described),
        ["an X-Ray header of 1 MB"] = new(Six(each => Message(each, system: $"\"AWSTraceHeader\":\"{Filled(";")}\","))),
        ["a traceparent of 1 MB"] = new(Six(each => Message(each, attributes: Attribute(Filled("-"), "traceparent")))),
        ["a traceparent of a later version"] = new(
            Six(
                each => Message(
                    each, attributes: Attribute("01-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01-" + Filled("-"), "traceparent")))),
        ["a tracestate of 1 MB"] = new(
            Six(
                each => Message(
                    each,
                    attributes: $"{Attribute("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01", "traceparent")},"
                        + $"{Attribute(Filled("a=b,"), "tracestate")}"))),
        ["a failure of 1 MB"] = new(
            Six(each => Message(each, attributes: Attribute($$"""{\"messageId\":\"a\",\"b\":[{{Filled("1,")}}1]}""", "ForwardFailure")))),
        ["a count of 1 MB"] = new(
            Six(each => Message(each, system: $"\"ApproximateReceiveCount\":\"{Filled("0")}1\",\"SentTimestamp\":\"{Filled("0", 9)}\","))),
        ["groups of 1 MB"] = new(
            Six(each => Message(each, system: $"\"MessageGroupId\":\"{Filled("<")}\",", queue: "orders.fifo")), Headers: "cloudevents", Status: 400),
        ["ids of 1 MB"] = new(Six(each => Message(each, id: Filled("<"))), Headers: "sqsd,cloudevents", Status: 500),
        ["receipt handles of 1 MB"] = new(Six(each => Message(each, handle: Filled("<"))), Status: 500),
        ["a queue of 1 MB"] = new(Six(each => Message(each, queue: Filled("q"))), Headers: "sqsd,cloudevents"),
        ["many small attributes"] = new(
            Six(each => Message(each, attributes: string.Join(',', Enumerable.Range(0, 20_000).Select(name => Attribute("", $"{name:x5}"))))),
            Headers: "sqsd,cloudevents"),
        ["names of attributes of 1 MB"] = new(
            Six(each => Message(each, attributes: Attribute("a", Filled("é")))), Headers: "sqsd,cloudevents", Status: 400),
        ["types of attributes of 1 MB"] = new(Six(each => Message(each, attributes: Attribute("a", type: "String." + Filled("<")))), Status: 400),
        ["binary attributes"] = new(Six(each => Message(each, attributes: Attribute(Filled("AAAA"), type: "Binary"))), Status: 400),
        ["copies of bodies that other writers escape six times over"] = new(Six(each => Message(each, Filled("<"))), Status: 400),
        ["copies of bodies of quotes"] = new(Six(each => Message(each, Filled("\\\""))), Status: 400),
        ["copies of attributes that other writers escape six times over"] = new(
            Six(each => Message(each, attributes: Attribute(Filled("<")))), Status: 400),
        ["a copy of 6 MB"] = new(One(() => Message(0, Filled("<", 6 * Large))), Status: 400),
        ["a copy of 6 MB in an attribute"] = new(One(() => Message(0, attributes: Attribute(Filled("<é", 6 * Large)))), Status: 400),
        ["signed bodies"] = new(Six(each => Message(each, Filled("a"))), """[{"name":"a","url":"URL","sign":"hook"}]"""),
    };

    private const string Described = """[{"name":"a","request":"message","url":"URL","allowedHeaders":["X-*"],"allowPrivate":true}]""";

    public static readonly TheoryData<string> Names = [.. Events.Keys];

    [Theory(Timeout = 60_000), MemberData(nameof(Names))]
    public async Task A_hostile_event_takes_less_than_64_MB(string name)
    {
        var hostile = Events[name];
        await using var endpoint = new StubServer(_ => Replies.Status(hostile.Status)) { Keeps = false };
        await using var function = new Function("Own", endpoint.Url, [.. hostile.SettingsFor(endpoint.Url)]);

        function.Sqs.Keeps = false;
        var json = hostile.Event();
        for (var time = 0; time < 3; time++) Assert.EndsWith("/response", (await function.InvokeAsync(json)).Path, StringComparison.Ordinal);

        Tell(AssertLittle(function, name));
    }

    /// <summary>Twenty events; with RANDOM_EVENTS=1000 that many.</summary>
    [Theory(Timeout = 1_800_000), InlineData(1), InlineData(10), InlineData(20)]
    public async Task Random_events_of_6_MB_take_less_than_64_MB(int routes)
    {
        var count = int.Parse(Repository.Environment.GetValueOrDefault("RANDOM_EVENTS", "20"), CultureInfo.InvariantCulture);
        var random = new Random(20261129 + routes);
        var events = new RandomEvent(random, routes);
        var answers = 0;
        await using var endpoint = new StubServer(
            _ => Replies.Status((Interlocked.Increment(ref answers) % 5) switch { 0 => 400, 1 => 500, _ => 200 }))
        { Keeps = false };
        var settings = new Hostile(events.Next, events.Routes, "sqsd,cloudevents", "body:/x");
        await using var function = new Function(
            "Own", endpoint.Url, [.. settings.SettingsFor(endpoint.Url), ("FORWARD_BREAKER", "off"), ("AWS_LAMBDA_LOG_LEVEL", "ERROR")]);
        function.Sqs.Keeps = false;

        for (var done = 0; done < count; done++)
        {
            Assert.EndsWith("/response", (await function.InvokeAsync(events.Next())).Path, StringComparison.Ordinal);
            AssertLittle(function, $"{done + 1} events, {routes} routes");
        }

        Tell(AssertLittle(function, $"{count} events, {routes} routes"));
    }

    private static string AssertLittle(Function function, string what)
    {
        var peak = function.Process.PeakMemory;
        var told = $"{what}: {peak / 1024.0 / 1024:f1} MB";
        Assert.True(peak <= MostMemory, told);
        return told;
    }

    private static void Tell(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private static string DescribedBy(string members) => $$"""{\"path\":\"/\",{{members}}}""";

    private static string Routes(int count, Func<int, string> when) =>
        $"[{string.Join(',', Enumerable.Range(0, count).Select(each => $$"""{"name":"r{{each}}","url":"URL","when":{{when(each)}}}"""))}]";

    private sealed record Hostile(Func<string> Event, string? Routes = null, string Headers = "sqsd", string Key = "messageId", int Status = 200)
    {
        public IEnumerable<(string Name, string Value)> SettingsFor(Uri endpoint)
        {
            yield return ("FORWARD_HEADERS", Headers);
            yield return ("FORWARD_IDEMPOTENCY_SOURCE", Key);
            yield return ("FORWARD_DLQ_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/orders-dlq");
            yield return ("FORWARD_AUTH", """{"hook":{"type":"hmac-sha256","header":"X-Hub","secret":"env:SECRET"}}""");
            yield return ("SECRET", "secret");
            if (Routes is not null) yield return ("FORWARD_ROUTES", Routes.Replace("URL", endpoint.ToString(), StringComparison.Ordinal));
        }
    }
}
