using System.Text;

namespace SqsAotLambda.Http;

/// <summary>One HTTP response. Its memory is the reader's: it holds until the next response is read.</summary>
/// <param name="Head">Status line and header lines, each ended by CRLF, without the empty line.</param>
/// <param name="KeepAlive">The connection can carry another request.</param>
internal readonly record struct Response(int Status, ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Body, bool KeepAlive)
{
    /// <summary>The first header of that name, in any case, without outer white space; null when there is none.</summary>
    public string? Header(ReadOnlySpan<byte> name) =>
        HeaderBlock.TryFind(Head.Span, name, out var value) ? Encoding.UTF8.GetString(value) : null;
}
