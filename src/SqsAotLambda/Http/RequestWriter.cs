using System.Buffers;
using System.Globalization;
using System.Text;

namespace SqsAotLambda.Http;

/// <summary>Composes an HTTP/1.1 request in one reused buffer, so that head and body leave in one write.</summary>
internal sealed class RequestWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new(1024);

    public RequestWriter Begin(string method, string path, string host)
    {
        buffer.ResetWrittenCount();
        Append(method).Append(" ").Append(path).Append(" HTTP/1.1\r\n");
        return Header("Host", host);
    }

    /// <param name="value">Without control characters: it is written as it is.</param>
    public RequestWriter Header(string name, string value) =>
        Append(name).Append(": ").Append(value).Append("\r\n");

    /// <summary>Ends the head, adds the body and returns the whole; it holds until the next <see cref="Begin"/>.</summary>
    public ReadOnlyMemory<byte> End(ReadOnlySpan<byte> body)
    {
        Header("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)).Append("\r\n");
        buffer.Write(body);
        return buffer.WrittenMemory;
    }

    /// <summary>Ends a request that has no body and returns it; it holds until the next <see cref="Begin"/>.</summary>
    public ReadOnlyMemory<byte> End()
    {
        Append("\r\n");
        return buffer.WrittenMemory;
    }

    private RequestWriter Append(string text)
    {
        Encoding.UTF8.GetBytes(text, buffer);
        return this;
    }
}
