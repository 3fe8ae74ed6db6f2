using System.Buffers.Text;
using System.Text;

namespace SqsAotLambda.Simulation.World;

/// <summary>A request, as a server reads it.</summary>
internal sealed class ReadRequest(byte[] head)
{
    public byte[] Head => head;

    public int Length { get; init; }

    /// <summary>Empty until all of it is there.</summary>
    public byte[] Body { get; set; } = [];

    public bool IsWhole { get; set; }

    public bool Is(ReadOnlySpan<byte> methodAndPath) => head.AsSpan().StartsWith(methodAndPath);

    public ReadOnlySpan<byte> Line => head.AsSpan(0, head.AsSpan().IndexOf("\r\n"u8));

    /// <summary>The value of a header; empty where there is none.</summary>
    /// <param name="start">Line feed, name, colon and space.</param>
    public ReadOnlySpan<byte> Header(ReadOnlySpan<byte> start)
    {
        var at = head.AsSpan().IndexOf(start);
        if (at < 0) return default;

        var rest = head.AsSpan(at + start.Length);
        return rest[..rest.IndexOf("\r\n"u8)];
    }

    public int? Number(ReadOnlySpan<byte> start) => Utf8Parser.TryParse(Header(start), out int value, out _) ? value : null;

    public override string ToString() => Encoding.ASCII.GetString(Line);
}

/// <summary>A connection of a server that reads one request after the other.</summary>
internal sealed class HttpPeer
{
    private byte[] received = [];
    private int count;
    private ReadRequest? request;

    public HttpPeer(SimulatedPeer peer)
    {
        Peer = peer;
        peer.OnBytes = Add;
    }

    public SimulatedPeer Peer { get; }

    /// <summary>The head of a request is there, and maybe more of it.</summary>
    public Action<ReadRequest> OnHead { get; init; } = _ => { };

    /// <summary>All of a request is there.</summary>
    public required Action<ReadRequest> OnWhole { get; init; }

    /// <summary>Requests that have begun.</summary>
    public int Requests { get; private set; }

    private void Add(byte[] bytes)
    {
        if (count + bytes.Length > received.Length) Array.Resize(ref received, Math.Max(count + bytes.Length, Math.Max(1024, 2 * received.Length)));
        bytes.CopyTo(received, count);
        count += bytes.Length;
        while (Read())
        {
        }
    }

    /// <returns>False: more has to come first.</returns>
    private bool Read()
    {
        if (request is null)
        {
            var end = received.AsSpan(0, count).IndexOf("\r\n\r\n"u8);
            if (end < 0) return false;

            var head = received.AsSpan(0, end + 2).ToArray();
            request = new(head) { Length = new ReadRequest(head).Number("\nContent-Length: "u8) ?? 0 };
            Requests++;
            Remove(end + 4);
            OnHead(request);
        }

        if (count < request.Length) return false;

        var whole = request;
        request = null;
        whole.Body = received.AsSpan(0, whole.Length).ToArray();
        whole.IsWhole = true;
        Remove(whole.Length);
        OnWhole(whole);
        return count > 0;
    }

    private void Remove(int length)
    {
        received.AsSpan(length, count - length).CopyTo(received);
        count -= length;
    }
}
