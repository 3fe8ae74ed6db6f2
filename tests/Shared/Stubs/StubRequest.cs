using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace SqsAotLambda.Tests.Shared;

/// <summary>A request as it arrived.</summary>
/// <param name="Headers">By name in any case; values as UTF-8, several of one name joined by a comma.</param>
/// <param name="Connection">Which connection it came over, from 1.</param>
internal sealed record StubRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body, int Connection)
{
    /// <summary>Its request line and headers, byte for byte and one a character.</summary>
    public string Head { get; init; } = "";

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The next request with a Content-Length or without a body; null when the peer closed the connection.</summary>
    public static async Task<StubRequest?> ReadAsync(PipeReader reader, int connection, CancellationToken end)
    {
        while (true)
        {
            var received = await reader.ReadAsync(end);
            if (TryParse(received.Buffer, connection, out var consumed) is { } request)
            {
                reader.AdvanceTo(consumed);
                return request;
            }

            if (received.IsCompleted) return null;

            reader.AdvanceTo(received.Buffer.Start, received.Buffer.End);
        }
    }

    private static StubRequest? TryParse(ReadOnlySequence<byte> bytes, int connection, out SequencePosition consumed)
    {
        var parser = new SequenceReader<byte>(bytes);
        consumed = bytes.Start;
        if (!parser.TryReadTo(out ReadOnlySequence<byte> head, "\r\n\r\n"u8)) return null;

        var lines = Encoding.UTF8.GetString(head).Split("\r\n");
        var headers = lines.Skip(1)
            .Select(line => line.Split(':', 2))
            .GroupBy(header => header[0], header => header[1].Trim(), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(header => header.Key, header => string.Join(",", header), StringComparer.OrdinalIgnoreCase);
        var length = int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture);
        if (!parser.TryReadExact(length, out var body)) return null;

        consumed = parser.Position;
        var start = lines[0].Split(' ');
        return new(start[0], start[1], headers, body.ToArray(), connection) { Head = Encoding.Latin1.GetString(head) };
    }
}
