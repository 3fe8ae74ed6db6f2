namespace SqsAotLambda.Requests;

/// <summary>Where the messages that meet its condition go, and how.</summary>
internal sealed record Route
{
    public required string Name { get; init; }

    public Condition When { get; init; } = Condition.Always;

    /// <summary>Null: its messages are dropped, which means acknowledged without being sent.</summary>
    public required UrlTemplate? Url { get; init; }

    public required string Method { get; init; }

    /// <summary>Besides those that every request has.</summary>
    public IReadOnlyList<HeaderTemplate> Headers { get; init; } = [];

    /// <summary>Null: the message's own, byte for byte.</summary>
    public BodyTemplate? Body { get; init; }

    /// <summary>For one request in all, connecting included.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The entry of <c>FORWARD_AUTH</c> that shows who calls; null: none.</summary>
    public string? Auth { get; init; }

    /// <summary>The entry of <c>FORWARD_AUTH</c> that signs; null: none.</summary>
    public string? Sign { get; init; }

    public required StatusLists Statuses { get; init; }

    /// <summary>GET and DELETE carry none.</summary>
    public bool HasBody => Method is not ("GET" or "DELETE");
}

internal sealed record HeaderTemplate(string Name, Template Value);
