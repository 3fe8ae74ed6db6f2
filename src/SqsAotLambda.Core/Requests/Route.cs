using System.Globalization;
using SqsAotLambda.Http;

namespace SqsAotLambda.Requests;

/// <summary>Where the messages that meet its condition go, and how.</summary>
internal sealed record Route
{
    public static readonly string[] Methods = ["POST", "PUT", "PATCH", "GET", "DELETE"];

    public required string Name { get; init; }

    public Condition When { get; init; } = Condition.Always;

    /// <summary>Null: its messages are dropped, or name their URLs themselves.</summary>
    public required UrlTemplate? Url { get; init; }

    /// <summary>What its messages may say of their requests, which their bodies describe; null: the route says all, and a body is a body.</summary>
    public MessageRule? MessageRule { get; init; }

    /// <summary>Its messages are acknowledged without being sent.</summary>
    public bool IsDropped => Url is null && MessageRule is null;

    /// <summary>The URL as it is written, without the query, and the hosts that messages may name.</summary>
    public string Shown => (Url?.Shown, MessageRule?.Hosts) switch
    {
        (var url, null or { IsEmpty: true }) => url ?? "",
        (null, var hosts) => $"{hosts}",
        var (url, hosts) => $"{url}, {hosts}",
    };

    /// <summary>Whether this status may speak of one message alone: of the path that is made of it, or of the request that it describes.</summary>
    public bool MayBlameMessage(int status) =>
        MessageRule is not null ? status is 403 or 404 or 405 or 406 or 410 : status is 404 or 410 && Url is { HasTemplatedPath: true };

    /// <summary>Where a message describes its request, for those that say none.</summary>
    public required string Method { get; init; }

    /// <summary>Besides those that every request has.</summary>
    public IReadOnlyList<HeaderTemplate> Headers { get; init; } = [];

    /// <summary>Null: the message's own, byte for byte.</summary>
    public BodyTemplate? Body { get; init; }

    /// <summary>For one request in all, connecting and one more try included.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>A request that met a connection which the server had ended is sent once more: it may have arrived all the same.</summary>
    public required bool Resend { get; init; }

    /// <summary>The credential that shows who calls; null: none.</summary>
    public string? Auth { get; init; }

    /// <summary>The signature that signs; null: none.</summary>
    public string? Sign { get; init; }

    public required StatusLists Statuses { get; init; }

    public bool HasBody => CarriesBody(Method);

    /// <summary>GET and DELETE carry none.</summary>
    public static bool CarriesBody(string method) => method is not ("GET" or "DELETE");
}

internal sealed record HeaderTemplate(string Name, Template Value);

/// <summary>A set of HTTP statuses, written as a list of numbers and ranges: <c>200-299,409</c>.</summary>
internal sealed class StatusSet
{
    public const string Allowed = "a list of statuses and ranges from 100 to 599, such as 200-299,409";

    private readonly bool[] statuses = new bool[600];

    private StatusSet() { }

    public bool Contains(int status) => status is >= 0 and < 600 && statuses[status];

    /// <summary>Null when the text is not <see cref="Allowed"/>; an empty text is the empty set.</summary>
    public static StatusSet? TryParse(string text)
    {
        var set = new StatusSet();
        foreach (var range in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = range.Split('-');
            if (ends.Length > 2 || ParseStatus(ends[0]) is not { } from || ParseStatus(ends[^1]) is not { } to || from > to) return null;

            Array.Fill(set.statuses, true, from, to - from + 1);
        }

        return set;
    }

    private static int? ParseStatus(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599 ? status : null;
}

/// <summary>Lists that go before the table of outcomes, in this order.</summary>
internal sealed record StatusLists(StatusSet Success, StatusSet Retry, StatusSet Reject)
{
    /// <summary>What the endpoint says in its header goes before the lists.</summary>
    public bool HeedsDisposition { get; init; }

    /// <summary>Made once, for every exchange.</summary>
    public Accepts Accepts => field ??= IsAcceptedBy;

    private bool IsAcceptedBy(in ResponseHead head) => (HeedsDisposition ? Dispositions.Of(head) : Disposition.None) switch
    {
        Disposition.Delivered or Disposition.Drop => true,
        Disposition.Retry or Disposition.DeadLetter => false,
        _ => Success.Contains(head.Status),
    };
}
