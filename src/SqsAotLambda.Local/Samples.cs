using System.Text.Json;
using Amazon.SQS.Model;

namespace SqsAotLambda.Local;

/// <summary>What the built-in endpoint does with a message; "once" means at its first arrival only.</summary>
internal enum Behaviour
{
    Accept = 0,
    Refuse,
    FailOnce,
    StallOnce,
    ThrottleOnce,
    ResetOnce,

    // No sample has one of these: whatever comes in gets it while the endpoint is under pressure.

    /// <summary>503.</summary>
    Down,

    /// <summary>429.</summary>
    Throttled,

    /// <summary>503 with a time to wait.</summary>
    Overloaded,

    /// <summary>400.</summary>
    Walled,

    /// <summary>502.</summary>
    Broken,

    /// <summary>The connection ends without an answer.</summary>
    CutOff,
}

/// <summary>A message that the runner sends, and what the endpoint does with it.</summary>
/// <param name="Number">Place in the order of sending.</param>
/// <param name="Route">Where it goes, by the runner's own routes.</param>
/// <param name="Group">FIFO message group; null on a standard queue.</param>
internal sealed record Sample(
    int Number, SampleRoute Route, string Body, Dictionary<string, MessageAttributeValue>? Attributes, Behaviour Behaviour, string? Group)
{
    /// <summary>Message group on a standard queue; null when it has none.</summary>
    public string? Tenant { get; init; }
}

/// <summary>What is special about the samples of a run.</summary>
/// <param name="AllAccepted">The endpoint accepts each at its first arrival, as far as it is up.</param>
/// <param name="OneRoute">All go to <c>FORWARD_URL</c>, as they are.</param>
/// <param name="Tenants">Of so many, the first of whom has most of them; null: they are of none.</param>
internal sealed record SampleKind(bool Fifo = false, bool AllAccepted = false, bool OneRoute = false, int? Tenants = null)
{
    public static SampleKind Of(Settings settings) => new(
        settings.Fifo, AllAccepted: settings.Outage is not null || settings.IsOneRoute, settings.IsOneRoute, settings.Pressure.Tenants);
}

/// <summary>The sample messages of a run: the same each time.</summary>
internal static class Samples
{
    public const int Groups = 10;

    /// <summary>So that the first has most of the messages.</summary>
    public const int MostTenants = 10;

    private const int LongText = 6_000;
    private const int Cycle = 100;

    /// <summary>Of so many messages in a row each tenant but the first has one, at their end.</summary>
    private const int TenantCycle = 20;

    public static IReadOnlyList<Sample> Create(int count, SampleKind kind) => [.. Enumerable.Range(0, count).Select(number => Sample(number, kind))];

    public static SendMessageBatchRequestEntry Entry(Sample sample) => new($"{sample.Number}", sample.Body)
    {
        MessageAttributes = sample.Attributes,
        MessageGroupId = sample.Group ?? sample.Tenant,
        MessageDeduplicationId = sample.Group is null ? null : $"sample-{sample.Number}",
    };

    private static Sample Sample(int number, SampleKind kind)
    {
        var route = kind.OneRoute ? SampleRoute.Others : RouteOf(number);
        return new(
            number,
            route,
            Body(number),
            Attributes(number, route),
            kind.AllAccepted ? Behaviour.Accept : BehaviourOf(number),
            kind.Fifo ? $"group-{number % Groups}" : null)
        {
            Tenant = kind.Tenants is { } tenants ? $"tenant-{1 + Math.Max(0, (number % TenantCycle) - TenantCycle + tenants)}" : null,
        };
    }

    /// <summary>Of a hundred messages 2 are refused, 5 fail, 2 stall, 1 is throttled, 1 is reset; each group meets one of them.</summary>
    private static Behaviour BehaviourOf(int number) => (number % Cycle) switch
    {
        27 or 54 => Behaviour.Refuse,
        3 or 18 or 35 or 61 or 82 => Behaviour.FailOnce,
        76 or 99 => Behaviour.StallOnce,
        70 => Behaviour.ThrottleOnce,
        13 => Behaviour.ResetOnce,
        _ => Behaviour.Accept,
    };

    /// <summary>One of each in turn, so that a group has several; the bodies of orders are JSON objects without outer spaces.</summary>
    private static SampleRoute RouteOf(int number) => (SampleRoute)(number % 4);

    // Characters above U+FFFF appear escaped only: fauxqs refuses them in a body, which SQS does not.
    private static string Body(int number) => (number % 8) switch
    {
        0 => $$"""{"sample":{{number}}}""",
        1 => $$"""{"sample":{{number}},"name":"Zoë Ångström","city":"東京","price":"12,50 €"}""",
        2 => $$"""{"sample":{{number}},"text":"a \"quoted\" C:\\path, a tab\t, a line\nbreak, \u00fc and \ud83d\ude80"}""",
        3 => $"{{\n  \"sample\": {number},\r\n  \"lines\": [\n    1,\n\t2\n  ]\n}}\n",
        4 => JsonSerializer.Serialize(new { sample = number, text = new string((char)('a' + (number % 26)), LongText) }),
        5 => $$"""{"sample":{{number}},"html":"<a href='x?a=1&b=2'>+</a>","empty":"","none":null}""",
        6 => $"sample {number}: plain text, no JSON at all",
        _ => $$"""  {"sample":{{number}},"nested": {"deep": {"list": [1.5e3, -0, true, false, []]} } }  """,
    };

    private static Dictionary<string, MessageAttributeValue>? Attributes(int number, SampleRoute route)
    {
        Dictionary<string, MessageAttributeValue> attributes = (number % 5) switch
        {
            1 => new() { ["tenant"] = Text($"tenant-{number % 3}"), ["attempts"] = Text($"{number}", type: "Number") },
            2 => new()
            {
                ["note"] = Text("größer als 100 %"),
                ["digest"] = new() { DataType = "Binary", BinaryValue = new MemoryStream([0, 1, 2, 255]) },
            },
            _ => [],
        };
        if (SampleRoutes.TypeOf(route) is { } type) attributes["type"] = Text(type);
        return attributes.Count == 0 ? null : attributes;

        static MessageAttributeValue Text(string text, string type = "String") => new() { DataType = type, StringValue = text };
    }
}
