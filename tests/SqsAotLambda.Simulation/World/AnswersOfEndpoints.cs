using System.Text;

namespace SqsAotLambda.Simulation.World;

/// <summary>What endpoints write.</summary>
internal static class AnswersOfEndpoints
{
    /// <summary>As the manner has it.</summary>
    /// <param name="promise">A header that each answer has; empty: none.</param>
    public static byte[] To(Exchange exchange, Chance chance, string promise)
    {
        var status = exchange.Status;
        var headers = promise + exchange.Headers;
        if (exchange.Manner is Manner.AndLeave && chance.OneIn(2)) headers += "Connection: close\r\n";
        if (status is 204) return Answers.UntilClosed(status, "", headers);

        var body = chance.Below(4) switch
        {
            0 => "",
            1 => $"refused: {Encoding.ASCII.GetString(exchange.Request.Header("\nAuthorization: "u8))}",
            2 => new string('x', chance.Below(3000)),
            _ => "{}",
        };
        return exchange.Manner switch
        {
            Manner.Oddly => Oddly(status, body, chance),
            Manner.Cut => Answers.Cut(status, body, headers),
            Manner.UntilClosed => Answers.UntilClosed(status, body, headers),
            _ when chance.OneIn(3) => Answers.Chunked(status, body, headers),
            _ => Answers.Whole(status, body, headers),
        };
    }

    private static byte[] Oddly(int status, string body, Chance chance) => chance.Below(8) switch
    {
        0 => Answers.Whole(status, body, "Transfer-Encoding: chunked\r\n"),
        1 => Answers.Whole(status, body, "Content-Length: 1\r\n"),
        2 => Answers.Whole(status, body, "Transfer-Encoding: gzip, chunked\r\n"),
        3 => Answers.Whole(status, body, "X-Folded: a\r\n b\r\n"),
        4 => Answers.Whole(status, body, "X-Spaced : a\r\nno header\r\n: a\r\n"),
        5 => Answers.Whole(status, body, "X-Control: \0\r\n"),
        6 => Answers.Whole(status, body, $"X-Long: {new string('x', 70_000)}\r\n"),
        _ => Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(Answers.Whole(status, body)).Replace("\r\n", "\n", StringComparison.Ordinal)),
    };

    /// <summary>Something that is no answer.</summary>
    public static byte[] None(Chance chance) => Encoding.ASCII.GetBytes(chance.Of(
        "HTTP/2 200 OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 OK\r\n\r\n",
        "\r\n\r\n",
        "<html>200 OK</html>\r\n\r\n",
        "HTTP/1.1 020 OK\r\n\r\n"));
}
