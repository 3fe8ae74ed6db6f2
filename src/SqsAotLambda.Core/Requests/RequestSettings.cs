namespace SqsAotLambda.Requests;

/// <summary>What the settings say of every request, whatever its route.</summary>
internal sealed record RequestSettings
{
    public required string ContentType { get; init; }

    public required HeaderDialects Headers { get; init; }

    /// <summary>The <c>ce-type</c> of every request, unless its route says another.</summary>
    public required string CloudEventsType { get; init; }

    public required string UserAgent { get; init; }

    public required string IdempotencyHeader { get; init; }

    public required IdempotencySource IdempotencySource { get; init; }

    /// <summary>Of headers that are made of a message.</summary>
    public required HeaderLimit Limit { get; init; }
}
