using System.Buffers;
using System.Globalization;
using SqsAotLambda.Http;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>
/// The trace a request belongs to, in both forms that endpoints read: W3C <c>traceparent</c> and <c>X-Amzn-Trace-Id</c>.
/// </summary>
/// <param name="TraceState">Null when the message carries none.</param>
internal sealed record TraceContext(string TraceParent, string? TraceState, string XRay)
{
    /// <summary>In characters, of headers that are read; those in use have 55 and some 100, or some hundreds where services add to them.</summary>
    private const int MaxParent = 512, MaxXRay = 4096;

    private const string NoSpan = "0000000000000000";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The last X-Ray header that left nothing to chance: that of the invocation is the same for all messages of a batch.</summary>
    private static Known? last;

    /// <summary>
    /// From the message's <c>traceparent</c> attribute, else its X-Ray header, else the invocation's; null when none of them is readable.
    /// </summary>
    public static TraceContext? Of(Message message, Random random) =>
        FromTraceParent(message.Attribute("traceparent"), message.Attribute("tracestate"))
        ?? FromXRay(message.TraceHeader, random)
        ?? FromXRay(message.InvocationTraceHeader, random);

    /// <summary><c>00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01</c>: <see href="https://www.w3.org/TR/trace-context/"/>.</summary>
    private static TraceContext? FromTraceParent(string? parent, string? state)
    {
        if (parent is null || parent.Length > MaxParent || parent.Split('-') is not [var version, var trace, var span, var flags, ..] parts)
            return null;
        if (!IsHex(version, 2) || version == "ff" || (version == "00" && parts.Length > 4) || !HeaderText.IsPrintable(parent)) return null;
        if (!IsHex(trace, 32) || !IsHex(span, 16) || !IsHex(flags, 2)) return null;
        if (!trace.AsSpan().ContainsAnyExcept('0') || span == NoSpan) return null;

        var sampled = (byte.Parse(flags, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 1) == 1;
        return new(parent, state, $"Root=1-{trace[..8]}-{trace[8..]};Parent={span};Sampled={(sampled ? 1 : 0)}");
    }

    /// <summary>
    /// <c>Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1</c>, other fields ignored:
    /// <see href="https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader"/>.
    /// </summary>
    private static TraceContext? FromXRay(string? header, Random random)
    {
        if (header is null || header.Length > MaxXRay) return null;
        if (last is { } known && ReferenceEquals(known.Header, header)) return known.Trace;

        string? root = null, parent = null, sampled = null;
        foreach (var field in header.Split(';', StringSplitOptions.TrimEntries))
        {
            if (field.StartsWith("Root=", StringComparison.Ordinal)) root = field[5..];
            else if (field.StartsWith("Parent=", StringComparison.Ordinal)) parent = field[7..];
            else if (field.StartsWith("Sampled=", StringComparison.Ordinal)) sampled = field[8..];
        }

        if (root?.Split('-') is not ["1", var seconds, var rest] || !IsHex(seconds, 8) || !IsHex(rest, 24)) return null;
        if (!(seconds + rest).AsSpan().ContainsAnyExcept('0')) return null;
        if (!IsHex(parent, 16) || parent == NoSpan) parent = null;
        if (sampled is not ("0" or "1")) sampled = null;

        var span = parent ?? random.NextInt64(1, long.MaxValue).ToString("x16", CultureInfo.InvariantCulture);
        var trace = new TraceContext(
            $"00-{seconds}{rest}-{span}-{(sampled == "1" ? "01" : "00")}",
            TraceState: null,
            $"Root={root}{(parent is null ? "" : $";Parent={parent}")}{(sampled is null ? "" : $";Sampled={sampled}")}");
        if (parent is not null) last = new(header, trace);
        return trace;
    }

    private static bool IsHex(string? text, int length) => text?.Length == length && !text.AsSpan().ContainsAnyExcept(HexDigits);

    private sealed record Known(string Header, TraceContext Trace);
}
