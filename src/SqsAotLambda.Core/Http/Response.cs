namespace SqsAotLambda.Http;

/// <summary>One HTTP response. Its memory is the reader's: it holds until the next response is read.</summary>
/// <param name="KeepAlive">The connection can carry another request.</param>
internal readonly record struct Response(ResponseHead Head, ReadOnlyMemory<byte> Body, bool KeepAlive)
{
    public int Status => Head.Status;

    /// <inheritdoc cref="ResponseHead.Header"/>
    public string? Header(ReadOnlySpan<byte> name) => Head.Header(name);
}
