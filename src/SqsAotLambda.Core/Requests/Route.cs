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

    /// <summary>For one request in all, connecting included.</summary>
    public required TimeSpan Timeout { get; init; }

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
