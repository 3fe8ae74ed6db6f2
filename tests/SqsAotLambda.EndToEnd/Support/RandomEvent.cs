using System.Globalization;
using static SqsAotLambda.EndToEnd.Support.HostileEvent;

namespace SqsAotLambda.EndToEnd.Support;

/// <summary>Events of 6 MB by chance, of few large messages or many small ones, and routes that look at them in many ways.</summary>
internal sealed class RandomEvent(Random random, int routes)
{
    private const int Bytes = 6_000_000;

    private static readonly int[] Counts = [1, 2, 3, 6, 10, 30, 100, 1000, 10_000];

    /// <summary>As in a JSON text of an event.</summary>
    private static readonly string[] Texts =
    [
        "a",
        "é",
        "☃",
        "😀",
        "<",
        "\u007f",
        "%",
        " ",
        ";",
        "-",
        "=",
        @"\n",
        @"\u00e9",
        @"\ud83d\ude00",
        @"\u0001",
        @"\\",
    ];

    /// <summary>As in a JSON text of a body in an event.</summary>
    private static readonly string[] TextsInBody =
    [
        "a",
        "é",
        "😀",
        "<",
        "\u007f",
        " ",
        ".",
        "/",
        @"\\n",
        @"\\u00e9",
        @"\\u0001",
        @"\\ud83d\\ude00",
        """\\\" """,
    ];

    /// <summary>Each takes the messages that say its number; the last all others.</summary>
    public string Routes => $"[{string.Join(',', Enumerable.Range(0, routes).Reverse().Select(Route))}]";

    public string Next()
    {
        var count = Counts[random.Next(Counts.Length)];
        // Less what each message has besides.
        var room = Math.Max(20, (Bytes / count) - 350);
        return Times(count, each => Message(each, room))();
    }

    private string Route(int number)
    {
        var when = number == 0
            ? ""
            : $$""" ,"when":{"attribute:route":"{{number}}","body:/x{{number}}":{"exists":false},"not":"""
                + """{"body:/x":["q",1,null],"attribute:x":{"prefix":"zz"} } } """;
        var rest = ((number + routes + 2) % 8) switch
        {
            1 => """ "url":"URL{body:/x}/{attribute:x}?q={body:/id}" """,
            2 => """ "url":"URL","headers":{"X-A":"{body:/x}","X-B":"a{attribute:x}b"} """,
            3 => """ "url":"URL","body":{"a":"{body:/x}","b":"<{body:/x}>","c":["{attribute:x}","{messageId} {attribute:x}"]} """,
            4 => """ "url":"URL","body":"{body:/x}{attribute:x}" """,
            5 => """ "request":"message","url":"URL","allowedHeaders":["X-*"],"allowPrivate":true """,
            6 => """ "url":"URL","sign":"hook" """,
            7 => """ "url":"URL","body":{"whole":"{body:}","again":"{body:/x}","more":["{body:/x/0}","{body:/x/a}"]},"method":"PUT" """,
            _ => """ "url":"URL" """,
        };
        return $$"""{"name":"r{{number}}"{{when}},{{rest}}}""";
    }

    private string Message(int index, int room)
    {
        var (body, attributes, system) = (room, "", "");
        if (random.Next(2) == 0)
        {
            var share = (int)(room * random.NextDouble());
            (body, attributes) = (room - share, Attributes(share));
        }

        if (random.Next(8) == 0)
        {
            var share = (int)(body * random.NextDouble());
            body -= share;
            var name = Pick(["AWSTraceHeader", "MessageGroupId", "MessageDeduplicationId", "ApproximateReceiveCount", "SentTimestamp", "Other"]);
            system = $"\"{name}\":\"{Filled(Pick(Texts), share)}\",";
        }

        var route = Attribute(random.Next(routes + 1).ToString(CultureInfo.InvariantCulture), "route");
        return HostileEvent.Message(
            index,
            Body(body),
            attributes.Length > 0 ? $"{route},{attributes}" : route,
            system,
            queue: random.Next(4) == 0 ? "orders.fifo" : "orders");
    }

    private string Attributes(int room)
    {
        var count = random.Next(1, 10);
        return string.Join(',', Enumerable.Range(0, count).Select(each => random.Next(12) switch
        {
            0 => Attribute("a", Filled(Pick(["a", "é", "<", " "]), room / count) + each),
            1 => Attribute(Filled("AAAA", room / count), $"b{each}", "Binary"),
            2 => Attribute("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01" + Filled("-", room / count), "traceparent"),
            3 => Attribute(Filled("a=b,", room / count), "tracestate"),
            4 => Attribute($$"""{\"messageId\":\"{{Filled("a", room / count)}}\"}""", "ForwardFailure"),
            _ => Attribute(Filled(Pick(Texts), room / count), each == 0 ? "x" : $"x{each}"),
        }));
    }

    private string Body(int room) => random.Next(10) switch
    {
        0 => Filled(Pick(Texts), room),
        1 => Filled(Pick(["[", """{\"x\":""", "7", "[],"]), room),
        2 => $$"""{\"x\":[{{Filled(Pick(["1,", "{},", """\"a\","""]), room)}}1],\"id\":7}""",
        3 => $$"""{\"x\":{{{Filled("""\"b\":[1,2],""", room)}}\"a\":1},\"id\":7}""",
        4 => $$"""{\"x\":{{Filled("7", room)}},\"id\":7}""",
        5 => $$"""{\"{{Filled(Pick(TextsInBody), room)}}\":1,\"x\":\"a\",\"id\":7}""",
        6 => Described(room),
        _ => $$"""{\"id\":7,\"x\":\"{{Filled(Pick(TextsInBody), room)}}\"}""",
    };

    private string Described(int room)
    {
        var text = Filled(Pick(TextsInBody), room);
        return random.Next(6) switch
        {
            0 => $$"""{\"path\":\"/{{text}}\"}""",
            1 => $$"""{\"path\":\"/a\",\"query\":{\"a\":[\"b\",\"{{text}}\"]} }""",
            2 => $$"""{\"path\":\"/a\",\"headers\":{\"X-A\":\"{{text}}\"} }""",
            3 => $$"""{\"path\":\"/a\",\"headers\":{\"X-{{text}}\":\"b\"} }""",
            4 => $$"""{\"path\":\"/a\",\"body\":{\"a\":\"{{text}}\"} }""",
            _ => $$"""{\"path\":\"/a\",\"body\":\"{{text}}\"}""",
        };
    }

    private string Pick(string[] choices) => choices[random.Next(choices.Length)];
}
