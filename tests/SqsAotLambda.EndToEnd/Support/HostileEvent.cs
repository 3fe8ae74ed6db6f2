using System.Globalization;
using System.Text;

namespace SqsAotLambda.EndToEnd.Support;

/// <summary>Events of up to 6 MB whose messages are made to cost memory. What is in them is written as JSON.</summary>
internal static class HostileEvent
{
    /// <summary>In bytes: six of them fit into an event.</summary>
    public const int Large = 1_000_000;

    public static Func<string> One(Func<string> message) => Times(1, _ => message());

    public static Func<string> Six(Func<int, string> message) => Times(6, message);

    /// <summary>On a standard queue; made when it is wanted, because it is large.</summary>
    public static Func<string> Times(int count, Func<int, string> message) =>
        () => $$"""{"Records":[{{string.Join(',', Enumerable.Range(0, count).Select(message))}}]}""";

    /// <summary>A text of about that many bytes of JSON, made of one piece again and again.</summary>
    public static string Filled(string piece, int bytes = Large) =>
        new StringBuilder().Insert(0, piece, bytes / Encoding.UTF8.GetByteCount(piece)).ToString();

    /// <param name="index">Makes its id.</param>
    /// <param name="body">As in an event: escaped, without quotes.</param>
    /// <param name="attributes">Members of <c>messageAttributes</c>.</param>
    /// <param name="system">Members of <c>attributes</c>, each with a comma behind it.</param>
    public static string Message(
        int index,
        string body = "{}",
        string attributes = "",
        string system = "",
        string? id = null,
        string handle = "h",
        string queue = "orders") => $$$"""
        {"messageId":"{{{id ?? "m" + index.ToString(CultureInfo.InvariantCulture)}}}","receiptHandle":"{{{handle}}}","body":"{{{body}}}",
        "attributes":{{{{system}}}"ApproximateReceiveCount":"1"},"messageAttributes":{{{{attributes}}}},
        "eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:{{{queue}}}"}
        """;

    /// <summary>A body that is an object with one text.</summary>
    /// <param name="value">As in the body's JSON in an event: escaped twice.</param>
    public static string Member(string value, string name = "x") => $$"""{\"{{name}}\":\"{{value}}\"}""";

    public static string Attribute(string value, string name = "x", string type = "String") => $$"""
        "{{name}}":{"{{(type == "Binary" ? "binaryValue" : "stringValue")}}":"{{value}}","dataType":"{{type}}"}
        """;
}
