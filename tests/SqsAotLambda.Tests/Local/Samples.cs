using System.Text;
using Amazon.SQS.Model;
using SqsAotLambda.Local;

namespace SqsAotLambda.Tests.Local;

/// <summary>Sample messages of the local runner, and what a ledger hears of them.</summary>
internal static class Samples
{
    /// <summary>Knows four samples of one group.</summary>
    public static Ledger Ledger() =>
        new(
            [SampleOf(0, Behaviour.Accept), SampleOf(1, Behaviour.FailOnce), SampleOf(2, Behaviour.Refuse), SampleOf(3, Behaviour.Accept)],
            seesArrivals: true,
            knowsRoutes: true);

    public static void Receive(this Ledger ledger, params int[] numbers)
    {
        foreach (var number in numbers) ledger.Received(Message(number));
    }

    public static Behaviour Arrive(this Ledger ledger, int number, Behaviour? pressed = null) =>
        ledger.Arrived(new($"id-{number}", "POST", "/invoices", Encoding.UTF8.GetBytes($"body {number}")), pressed);

    public static Message Message(int number, Dictionary<string, MessageAttributeValue>? attributes = null) => new()
    {
        MessageId = $"id-{number}",
        Body = $"body {number}",
        Attributes = new() { ["ApproximateReceiveCount"] = "3" },
        MessageAttributes = attributes,
    };

    public static Message Copy(int number, string? failure = null, string id = "copy")
    {
        var text = failure ?? $$"""{"outcome":"Rejected","status":400,"messageId":"id-{{number}}","response":"no such tenant"}""";
        var copy = Message(number, new() { ["ForwardFailure"] = Text(text) });
        copy.MessageId = $"{id}-of-{number}";
        return copy;
    }

    public static MessageAttributeValue Text(string text) => new() { DataType = "String", StringValue = text };

    public static MessageAttributeValue Binary(byte value) => new() { DataType = "Binary", BinaryValue = new MemoryStream([value]) };

    public static Sample SampleOf(int number, Behaviour behaviour) => new(number, SampleRoute.Invoices, $"body {number}", null, behaviour, "g");
}
