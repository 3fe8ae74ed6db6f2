using CsCheck;

namespace SqsAotLambda.Tests.Http;

/// <summary>Random responses with a sound status line.</summary>
internal static class AnyHead
{
    private static readonly string[] Framings = ["Content-Length: 2\r\n", "Transfer-Encoding: chunked\r\n"];

    private static readonly string[] Lines = ["Name: value\r\n", "Retry-After: 7\r\n", "Connection: keep-alive\r\n"];

    private static readonly string[] Parts =
    [
        .. Framings, .. Lines, "\r\n", "\n", "\r", " ", "\t", ":", ",", "\0", "\u007f", "\u00e9", "x", "2", "5", "close", "chunked", "gzip",
        "Connection: ", "Connection: x,close\r\n", "Content-Length: 5\r\n", "Content-Length : 2\r\n", "content-length:",
        "Transfer-Encoding: ", "Name: a\r\n b\r\n", "Name: a\n", "\r\n\r\n", "\n\n", "\n\r\n", "HTTP/1.1 500 No\r\n", "2\r\nok\r\n0\r\n\r\n",
    ];

    /// <summary>Half of them are sound.</summary>
    private static readonly Gen<string> Headers = Gen.OneOf(
        Gen.Select(Gen.OneOf(Lines).Array[0, 2], Gen.OneOf(Framings), (lines, framing) => string.Concat(lines) + framing),
        Gen.OneOf(Parts).Array[0, 8].Select(string.Concat));

    /// <summary>The end of its last line may be missing, and the empty line is.</summary>
    public static Gen<string> Head { get; } = Gen.Frequency((4, Gen.Const("HTTP/1.1 ")), (1, Gen.Const("HTTP/1.0 "))).SelectMany(version =>
        Gen.Select(
            Gen.Frequency((2, Gen.Const(200)), (1, Gen.Const(204)), (2, Gen.Int[200, 999])),
            Gen.Frequency((1, Gen.Const("")), (4, Gen.Const(" OK"))),
            Gen.Frequency((4, Gen.Const("\r\n")), (1, Gen.Const("\n"))),
            Headers,
            (status, reason, end, headers) => $"{version}{status}{reason}{end}{headers}"));

    /// <summary>What stands behind a head: most often a body.</summary>
    public static Gen<string> Rest { get; } = Gen.Frequency(
        (4, Gen.Const("ok")), (4, Gen.Const("2\r\nok\r\n0\r\n\r\n")), (1, Gen.Const("")), (2, Gen.OneOf(Parts).Array[0, 4].Select(string.Concat)));

    public static Gen<string[]> Interim { get; } = Gen.Frequency((3, Gen.Const<string[]>([])), (1, Gen.OneOf(
        "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 102 Processing\n\n", "HTTP/1.1 103 Early Hints\r\nLink: a\r\n b\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\n", "HTTP/1.1 199 x\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n").Array[1, 2]));

    public static string Join(string[] interim, string head, string rest) =>
        $"{string.Concat(interim)}{head}{(head.EndsWith("\r\n", StringComparison.Ordinal) ? "" : "\r\n")}\r\n{rest}";
}
