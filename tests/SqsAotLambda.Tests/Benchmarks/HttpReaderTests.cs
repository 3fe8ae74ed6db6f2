using System.Text;
using SqsAotLambda.Benchmarks.Wire;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Benchmarks;

public sealed class HttpReaderTests
{
    private const string Chunked = "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\nc\r\n two and half\r\n0\r\nA: trailer\r\n\r\n";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Requests_follow_each_other_however_they_are_cut(int piece)
    {
        var large = new string('x', 200_000);
        var sent = $"GET /a HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\ncontent-length: 3\r\n\r\none{Chunked}" +
            $"POST /d HTTP/1.1\r\nContent-Length: {large.Length}\r\n\r\n{large}GET /e HTTP/1.1\r\n\r\n";
        var reader = new HttpReader(new PieceStream(Encoding.ASCII.GetBytes(sent).Chunk(piece), closed: true));

        var read = new List<(string, long)>();
        while (reader.TryRead()) read.Add((Encoding.ASCII.GetString(reader.Line), reader.BodyLength));

        Assert.Equal(
            [("GET /a HTTP/1.1", 0), ("POST /b HTTP/1.1", 3), ("POST /c HTTP/1.1", 15), ("POST /d HTTP/1.1", 200_000), ("GET /e HTTP/1.1", 0)], read);
    }
}
