using System.Text;
using System.Text.Json;
using CsCheck;

namespace SqsAotLambda.Tests.Support;

/// <summary>Random events of SQS, some of whose messages can't be sent, are cut where they are shown, or describe requests.</summary>
internal static class AnyEvent
{
    public static readonly Gen<string> Text = Texts(0, 5);

    private static Gen<string> Json => Text.Select(Quoted);

    /// <param name="endpoint">Where the requests that its messages describe go.</param>
    public static Gen<byte[]> Of(Uri endpoint) => Gen.Select(Gen.OneOf("", ".fifo"), AnyMessage(endpoint).Array[1, 5], (fifo, messages) =>
    {
        var records = messages.Select(
            (message, index) => $$"""{"messageId":"m{{index}}{{message}},"eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:orders{{fifo}}"}""");

        // What no text can hold: bytes that are not UTF-8, and half a surrogate pair.
        var json = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes($$"""{"Records":[{{string.Join(',', records)}}]}"""))
            .Replace("BYTES", "\u00c3(\u00ff\u0080", StringComparison.Ordinal)
            .Replace("HALF", "\\ud83d", StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(json);
    });

    /// <summary>The rest of one, behind the beginning of its id.</summary>
    private static Gen<string> AnyMessage(Uri endpoint) => Gen.Select(
        OneIn(3, Json.Select(text => text[1..^1])),
        OneIn(30, "7", Body(endpoint).Select(Quoted)),
        SystemAttributes(),
        Attributes(),
        (id, body, system, others) =>
            $$"""{{id}}","body":{{body}},"attributes":{{{system}}},"messageAttributes":{{{others}}}""");

    private static Gen<string> SystemAttributes() => Gen.Select(
        OneIn(4, "", Gen.OneOf("a", "b", "ü \"c\"").Select(group => $",\"MessageGroupId\":{Quoted(group)}")),
        OneIn(2, Json.Select(id => $",\"MessageDeduplicationId\":{id}")),
        OneIn(2, Gen.OneOf(
            ",\"AWSTraceHeader\":\"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1\"",
            ",\"AWSTraceHeader\":\"Root=1-5759e988-bd862e3fe1be46a994272793\"",
            ",\"AWSTraceHeader\":\"nonsense\"")),
        (group, id, trace) => $"\"ApproximateReceiveCount\":\"2\",\"ApproximateFirstReceiveTimestamp\":\"1545082649185\"{group}{id}{trace}");

    private static Gen<string> Attributes() => Gen.Select(
        Json.Select(tenant => $"\"tenant\":{String(tenant)}"),
        Gen.OneOf("order", "ping", "other").Select(type => $",\"type\":{String(Quoted(type))}"),
        OneIn(4, Gen.OneOf("00-11111111111111111111111111111111-2222222222222222-01", "nonsense")
            .Select(trace => $",\"traceparent\":{String(Quoted(trace))}")),
        OneIn(6, Gen.Const($",\"ForwardFailure\":{String(Quoted("""{"messageId":"first"}"""))}")),
        OneIn(6, Gen.Const(""","ExtendedPayloadSize":{"stringValue":"7","dataType":"Number"}""")),
        OneIn(6, Gen.Const(""","blob":{"binaryValue":"MTEwMA==","dataType":"Binary"}""")),
        (tenant, type, trace, failure, size, blob) => tenant + type + trace + failure + size + blob);

    private static Gen<string> Body(Uri endpoint) => Gen.Frequency(
        (1, Gen.Const("")),
        (1, Gen.Const("""["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}]""")),
        (1, Gen.Select(Text, Text, (before, behind) => $"{before}\r\n\n\\x41 \\n\u001b[2J\u202e\t{behind}\n")),
        (1, Gen.Int[0, 999].Select(length => $"<{new string('x', length)}BYTES>")),
        (1, OneIn(4, "{}", Gen.Const("HALF"))),
        (1, Texts(250, 699)),
        (1, Gen.Select(Gen.Int[1020, 1029], Gen.OneOf("", "é", "☃", "😀"), Gen.Int[0, 3999], (before, wide, behind) =>
            new string('y', before) + wide + new string('z', behind))),
        (3, Description(endpoint)),
        (2, Gen.Select(Gen.OneOf(Gen.OneOf("7", "a/b", ""), Text), Gen.OneOf("a", "b"), Text, (id, kind, text) =>
            JsonSerializer.Serialize(new { id, kind, text }))));

    /// <summary>Of a request, as a route whose messages describe theirs takes it; now and then with something that it refuses.</summary>
    private static Gen<string> Description(Uri endpoint) => Gen.Select(
        Gen.OneOf("POST", "PUT", "PATCH", "GET", "DELETE"),
        Gen.OneOf(
            Gen.OneOf("", "a%20b?c=1", "x/y", "?q", "../up").Select(rest => $"\"url\":\"{endpoint}{rest}\""),
            Gen.OneOf("/v1", "/a%C3%A9?b=c", "/", "//elsewhere").Select(path => $"\"path\":\"{path}\"")),
        OneIn(2, Gen.Select(Gen.OneOf("q", "ä", ""), Json, Json, (name, value, listed) =>
            $$""","query":{"{{name}}":{{value}},"list":["1",{{listed}}]}""")),
        OneIn(2, Gen.Select(Gen.OneOf("X-Tenant", "Accept", "Content-Type", "Host"), Gen.OneOf("plain", "100% ü", "a\r\nb"), (name, value) =>
            $$""","headers":{"{{name}}":{{Quoted(value)}}}""")),
        OneIn(4, "", Gen.OneOf(""","body":"text" """, ""","body":{"a": [1,  2.50]}""", ""","body":null""", ""","body":"\u001b[2J" """)),
        (method, target, query, headers, body) =>
            $$"""{"method":"{{method}}",{{target}}{{query}}{{headers}}{{(method is "GET" or "DELETE" ? "" : body)}}}""");

    private static Gen<string> Texts(int min, int max) => AnyText.Of("./\\%?#&=@:;\r\n\t\0 \"'{}<>*x\u202e\u0085", min, max);

    private static Gen<string> OneIn(int times, Gen<string> text) => Gen.Frequency((times - 1, Gen.Const("")), (1, text));

    /// <param name="rare">In one of so many.</param>
    private static Gen<string> OneIn(int times, string rare, Gen<string> often) => Gen.Frequency((1, Gen.Const(rare)), (times - 1, often));

    private static string String(string json) => $$"""{"stringValue":{{json}},"dataType":"String"}""";

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
