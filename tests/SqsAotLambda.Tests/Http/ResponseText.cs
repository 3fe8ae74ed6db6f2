using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Http;

/// <summary>Responses that are written with a bar for each CRLF, and what is read of them.</summary>
internal static class ResponseText
{
    public const int MaxBody = 1024 * 1024;

    public const int MaxHead = 64 * 1024;

    public static ResponseReader Reader(byte[] bytes) => new(new PieceStream([bytes], closed: true), MaxBody);

    public static Task<Response> ReadAsync(string response) => Reader(Bytes(response)).ReadAsync();

    public static async Task AssertRefusedAsync(string response) =>
        await Assert.ThrowsAsync<HttpFormatException>(async () => await Reader(Bytes(response)).ReadHeadAsync());

    /// <summary>The status is taken, and the body is not.</summary>
    /// <returns>The head, and as much of the body as was read.</returns>
    public static async Task<(ResponseHead Head, string Body)> AssertTakesStatusAloneAsync(string response)
    {
        var reader = Reader(Bytes(response));
        var head = await reader.ReadHeadAsync();

        await Assert.ThrowsAsync<HttpFormatException>(() => reader.TakeAsync(head));

        Assert.Equal(200, head.Status);
        return (head, Encoding.UTF8.GetString(reader.Body.Span));
    }

    public static async Task AssertReadsAsync(ResponseReader reader, int status, string body)
    {
        var response = await reader.ReadAsync();

        Assert.Equal(status, response.Status);
        Assert.Equal(Bytes(body), response.Body.ToArray());
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text.Replace("|", "\r\n", StringComparison.Ordinal));

    public static IEnumerable<byte[]> OneByOne(byte[] bytes) => bytes.Select(each => (byte[])[each]);
}
