namespace SqsAotLambda.Http;

/// <summary>
/// One HTTP response. Head and body are the connection's memory: both hold until it carries its next request. Who keeps them longer copies them.
/// </summary>
/// <param name="Body">As far as it was read.</param>
/// <param name="KeepAlive">The connection can carry another request.</param>
/// <param name="Cut">Why the body was not read to its end; null: it was.</param>
internal readonly record struct Response(ResponseHead Head, ReadOnlyMemory<byte> Body, bool KeepAlive, Exception? Cut = null)
{
    public int Status => Head.Status;

    /// <inheritdoc cref="ResponseHead.Header"/>
    public string? Header(ReadOnlySpan<byte> name) => Head.Header(name);

    /// <summary>The same response in memory of its own.</summary>
    public Response Copy()
    {
        var split = Head.Bytes.Length;
        var copy = new byte[split + Body.Length];
        Head.Bytes.CopyTo(copy);
        Body.CopyTo(copy.AsMemory(split));
        return this with { Head = Head with { Bytes = copy.AsMemory(..split) }, Body = copy.AsMemory(split..) };
    }
}
