using System.Globalization;
using System.Text;

namespace SqsAotLambda.Http;

/// <summary>Composes an HTTP/1.1 request in one reused buffer, so that head and body leave in one write.</summary>
internal sealed class RequestWriter
{
    private byte[] buffer = new byte[1024];
    private int written;

    /// <summary>The first lines of the last whole request, which the next one often shares.</summary>
    private byte[] start = [];
    private (string Method, Uri Url)? startOf;

    /// <summary>By their places, the headers' names of the last request that were found to be tokens: the next one often has the same.</summary>
    private readonly List<string> names = [];
    private int place;

    public RequestWriter Begin(string method, string path, string host)
    {
        (written, place) = (0, 0);
        Append(method).Append(" ").Append(path).Append(" HTTP/1.1\r\n");
        return Header("Host", host);
    }

    /// <summary>Composes a whole request; it holds until the next one.</summary>
    public ReadOnlyMemory<byte> Write(Request request)
    {
        WriteLines(request);
        return request.Body is { } body ? End(body.Span) : End();
    }

    /// <summary>Composes a request up to where its body begins; it holds until the next one.</summary>
    public ReadOnlyMemory<byte> WriteHead(Request request)
    {
        WriteLines(request);
        return (request.Body is { } body ? Length(body.Length) : this).End();
    }

    /// <exception cref="ArgumentException">The name is none of a header, or the value would end it and begin something else.</exception>
    public RequestWriter Header(string name, string value)
    {
        CheckName(name);
        // No character takes more than three bytes.
        EnsureCapacity(written + ((name.Length + value.Length) * 3) + 4);
        written += Encoding.UTF8.GetBytes(name, buffer.AsSpan(written));
        buffer[written++] = (byte)':';
        buffer[written++] = (byte)' ';
        var length = Encoding.UTF8.GetBytes(value, buffer.AsSpan(written));
        if (buffer.AsSpan(written, length).ContainsAny((byte)'\r', (byte)'\n', (byte)0))
            throw new ArgumentException($"The value of the header {name} holds a line end.", nameof(value));

        written += length;
        buffer[written++] = (byte)'\r';
        buffer[written++] = (byte)'\n';
        return this;
    }

    /// <summary>Ends the head, adds the body and returns the whole; it holds until the next <see cref="Begin"/>.</summary>
    public ReadOnlyMemory<byte> End(ReadOnlySpan<byte> body)
    {
        Length(body.Length).Append("\r\n").Append(body);
        return buffer.AsMemory(0, written);
    }

    /// <summary>Ends a request that has no body and returns it; it holds until the next <see cref="Begin"/>.</summary>
    public ReadOnlyMemory<byte> End()
    {
        Append("\r\n");
        return buffer.AsMemory(0, written);
    }

    private void CheckName(string name)
    {
        var isNew = place >= names.Count;
        if (isNew || !ReferenceEquals(names[place], name))
        {
            if (!HeaderText.IsToken(name)) throw new ArgumentException("A header has a name that is no token.", nameof(name));

            if (isNew) names.Add(name);
            else names[place] = name;
        }

        place++;
    }

    private RequestWriter Length(int length) => Header("Content-Length", length.ToString(CultureInfo.InvariantCulture));

    private void WriteLines(Request request)
    {
        BeginAsLast(request);
        foreach (var (name, value) in request.Headers) Header(name, value);
    }

    private void BeginAsLast(Request request)
    {
        if (startOf is { } last && ReferenceEquals(last.Url, request.Url) && last.Method == request.Method)
        {
            (written, place) = (0, 1);
            Append(start);
            return;
        }

        Begin(request.Method, request.Url.PathAndQuery, request.Host);
        start = buffer[..written];
        startOf = (request.Method, request.Url);
    }

    private RequestWriter Append(string text)
    {
        EnsureCapacity(written + (text.Length * 3));
        written += Encoding.UTF8.GetBytes(text, buffer.AsSpan(written));
        return this;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        EnsureCapacity(written + bytes.Length);
        bytes.CopyTo(buffer.AsSpan(written));
        written += bytes.Length;
    }

    private void EnsureCapacity(int total)
    {
        if (total > buffer.Length) Array.Resize(ref buffer, Math.Max(total, buffer.Length * 2));
    }
}
