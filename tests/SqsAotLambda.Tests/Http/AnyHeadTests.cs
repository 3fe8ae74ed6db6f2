using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Http.AnyHead;

namespace SqsAotLambda.Tests.Http;

/// <summary>Whatever stands behind a sound status line.</summary>
public sealed partial class AnyHeadTests
{
    private static readonly Gen<int[]> Pieces = Gen.Int[1, 17].Array[1, 6];

    [Fact(Timeout = 60_000)]
    public Task Behind_a_sound_status_line_and_an_empty_line_the_status_counts_whatever_stands_between() => Property.HoldsAsync(
        Gen.Select(Head, Gen.OneOf(Gen.Const("\r\n\r\n"), Gen.Const("\n\n")), Pieces), runs: 20_000, async input =>
        {
            var (head, end, pieces) = input;
            var reader = new ResponseReader(new PieceStream(InPieces(Bytes(head + end), pieces), closed: false), maxBody: 100);

            Assert.Equal(head[9..12], $"{(await reader.ReadHeadAsync()).Status}");
        },
        input => Shown.Text(input.Item1 + input.Item2));

    [Fact(Timeout = 60_000)]
    public Task Any_response_is_the_same_in_whatever_pieces_it_comes() => Property.HoldsAsync(
        Gen.Select(Interim, Head, Rest, Pieces), runs: 20_000, async input =>
        {
            var (interim, head, rest, pieces) = input;
            var bytes = Bytes(Join(interim, head, rest));

            Assert.Equal(await ReadAsync([bytes]), await ReadAsync(InPieces(bytes, pieces)));
        },
        input => Shown.Text(Join(input.Item1, input.Item2, input.Item3)));

    /// <summary>By a reader that takes the strictest form alone.</summary>
    [Fact(Timeout = 60_000)]
    public async Task A_connection_is_kept_only_behind_a_response_that_a_strict_reader_takes_whole()
    {
        var kept = 0;
        await Property.HoldsAsync(
            Gen.Select(Interim, Head, Rest), runs: 60_000, async input =>
            {
                var (interim, head, rest) = input;
                var text = Join(interim, head, rest);
                var reader = new ResponseReader(new PieceStream([Bytes(text)], closed: true), maxBody: 100);
                if ((await TakeAsync(reader))?.KeepAlive is not true) return;

                kept++;
                Assert.True(IsStrict(text));
            },
            input => Shown.Text(Join(input.Item1, input.Item2, input.Item3)));

        Assert.InRange(kept, 3000, 60_000);
    }

    private static async Task<Response?> TakeAsync(ResponseReader reader)
    {
        try
        {
            return await reader.ReadAsync();
        }
        catch (Exception e) when (e is EndOfStreamException or HttpFormatException)
        {
            return null;
        }
    }

    private static async Task<string> ReadAsync(IEnumerable<byte[]> pieces)
    {
        var reader = new ResponseReader(new PieceStream(pieces, closed: true), maxBody: 100);
        try
        {
            var head = await reader.ReadHeadAsync();
            var told = $"{head with { Bytes = default }} {Encoding.Latin1.GetString(head.Bytes.Span)} waits {head.Header("Retry-After"u8)}";
            try
            {
                return $"{told} body {Encoding.Latin1.GetString((await reader.TakeAsync(head)).Body.Span)}";
            }
            catch (Exception e) when (e is EndOfStreamException or HttpFormatException)
            {
                return $"{told} cut {Encoding.Latin1.GetString(reader.Body.Span)}: {e.Message}";
            }
        }
        catch (Exception e) when (e is EndOfStreamException or HttpFormatException)
        {
            return e.Message;
        }
    }

    private static bool IsStrict(string text)
    {
        while (StrictInterim().Match(text) is { Success: true } interim) text = text[interim.Length..];
        if (StrictHead().Match(text) is not { Success: true } match) return false;

        var headers = match.Groups["header"].Captures.Select(header => header.Value.Split(':', 2)).ToLookup(
            header => header[0], header => header[1].Trim(' ', '\t', '\r', '\n'), StringComparer.OrdinalIgnoreCase);
        var (lengths, codings) = (headers["Content-Length"].ToList(), headers["Transfer-Encoding"].ToList());
        var options = headers["Connection"].SelectMany(list => list.Split(',')).Select(option => option.Trim(' ', '\t')).ToList();
        var isVersion11 = text[7] == '1';
        if (options.Contains("close") || !(isVersion11 || options.Contains("keep-alive")) || lengths.Count + codings.Count > 1) return false;

        var body = text[match.Length..];
        return match.Groups["status"].Value is "204" or "304" ? body == ""
            : lengths is [var length] ? length == $"{body.Length}"
            : codings is ["chunked"] && isVersion11 && StrictChunks().IsMatch(body);
    }

    private static IEnumerable<byte[]> InPieces(byte[] bytes, int[] pieces)
    {
        for (int at = 0, next = 0; at < bytes.Length; at += pieces[next++ % pieces.Length])
            yield return bytes[at..Math.Min(bytes.Length, at + pieces[next % pieces.Length])];
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    [GeneratedRegex(@"\AHTTP/1\.[01] 1\d\d(?: [\t -~\x80-\xff]*)?\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~\x80-\xff]*\r\n)*\r\n")]
    private static partial Regex StrictInterim();

    [GeneratedRegex(
        @"\AHTTP/1\.[01] (?<status>[1-9]\d\d)(?: [\t -~\x80-\xff]*)?\r\n(?<header>[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~\x80-\xff]*\r\n)*\r\n")]
    private static partial Regex StrictHead();

    [GeneratedRegex(@"\A(?:0*2[ \t]*\r\n..\r\n|0*5[ \t]*\r\n.{5}\r\n)*0+[ \t]*\r\n(?:[^\r\n]+\r\n)*\r\n\z", RegexOptions.Singleline)]
    private static partial Regex StrictChunks();
}
