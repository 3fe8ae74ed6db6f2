using SqsAotLambda.Http;
using SqsAotLambda.Requests;

namespace SqsAotLambda.Forwarding;

/// <summary>What the endpoint made of a message.</summary>
internal enum Outcome : byte
{
    /// <summary>No request was sent: the deadline came first, or a message before it in its lane failed.</summary>
    NotAttempted = 0,

    /// <summary>The endpoint accepted it.</summary>
    Delivered,

    /// <summary>A rule of the user's acknowledges it without sending it.</summary>
    Dropped,

    /// <summary>The endpoint asks for fewer requests.</summary>
    Throttled,

    /// <summary>The endpoint could not be reached, or could not do its work.</summary>
    Unavailable,

    /// <summary>The endpoint is wrong for every message: moved, misconfigured, or refusing our credentials.</summary>
    EndpointFault,

    /// <summary>The endpoint, or we, can never accept this one message.</summary>
    Rejected,

    /// <summary>The endpoint rejected it as it did those before it: perhaps it rejects all.</summary>
    Suspect,
}

/// <summary>Why no request was sent for a message.</summary>
internal enum Hold : byte
{
    /// <summary>One was sent; or a message before it in its lane failed.</summary>
    None = 0,

    /// <summary>The deadline had come.</summary>
    Time,

    /// <summary>The rate limit would have let it go after the deadline only.</summary>
    Rate,

    /// <summary>The endpoint's pace would have let it go after the deadline only.</summary>
    Pace,

    /// <summary>The breaker was open for long.</summary>
    Breaker,

    /// <summary>The breaker paused for longer than the batch could wait.</summary>
    Pause,
}

/// <summary>What came back for one request.</summary>
/// <param name="Status">Null when a fault kept it from coming.</param>
/// <param name="RetryAfter">How long the endpoint asks to wait; null when it does not say, or not readably.</param>
/// <param name="QuotaSpent">The endpoint says that none of a quota of requests is left.</param>
/// <param name="Detail">Of the fault; null: none is known.</param>
/// <param name="Start">The first 1 KB of a failing answer's body, as text; null where there was none.</param>
/// <param name="Latency">From the request to the head of its answer, or to its fault.</param>
/// <param name="IsOfDeadConnection">The server may not have seen the request: it had ended the connection before.</param>
/// <param name="Disposition">What the endpoint says of the message, where it is asked.</param>
internal readonly record struct Answer(
    int? Status,
    TimeSpan? RetryAfter = null,
    bool QuotaSpent = false,
    Fault Fault = Fault.None,
    string? Detail = null,
    string? Start = null,
    TimeSpan Latency = default,
    bool IsOfDeadConnection = false,
    Disposition Disposition = Disposition.None);

/// <summary>How delivering one message ended.</summary>
/// <param name="Status">Null when no answer came.</param>
/// <param name="Why">No request was sent, or no answer came; null: one came, or there is nothing to tell.</param>
/// <param name="RetryAfter">How long the endpoint asks to wait.</param>
/// <param name="Response">The first 1 KB of a failing answer's body; null where there was none.</param>
/// <param name="Latency">From the request to the head of its answer, or to its fault; null when none was sent.</param>
/// <param name="HeadersLeftOut">That the request should have had and had not; null: none.</param>
/// <param name="DeadLettered">A copy in the dead-letter queue was confirmed.</param>
/// <param name="Endpoint">Of the route that takes the message; null when none does, or its lane did not come to it.</param>
/// <param name="Bug">What nobody foresaw; null: nothing.</param>
/// <param name="IsOfDeadConnection">The server may not have seen the request: it had ended the connection before.</param>
/// <param name="IsResent">It is how the second request ended: the first met a connection that the server had ended.</param>
/// <param name="IsPaced">It waited for a turn of the endpoint's pace.</param>
/// <param name="Disposition">What the endpoint said of the message, where it is asked.</param>
internal sealed record Delivery(
    Outcome Outcome,
    int? Status = null,
    Fault Fault = Fault.None,
    string? Why = null,
    Hold Hold = Hold.None,
    TimeSpan? RetryAfter = null,
    bool QuotaSpent = false,
    string? Response = null,
    TimeSpan? Latency = null,
    LeftOutHeaders? HeadersLeftOut = null,
    bool DeadLettered = false,
    Endpoint? Endpoint = null,
    Exception? Bug = null,
    bool IsOfDeadConnection = false,
    bool IsResent = false,
    bool IsPaced = false,
    Disposition Disposition = Disposition.None)
{
    /// <summary>Its lane did not come to it.</summary>
    public static readonly Delivery NotReached = new(Outcome.NotAttempted);

    /// <summary>The deadline came before its lane.</summary>
    public static readonly Delivery OutOfTime = new(Outcome.NotAttempted, Hold: Hold.Time);

    /// <summary>Why no answer came to the request that was sent.</summary>
    public string? Detail => Latency is null ? null : Why;

    /// <summary>Why no request was sent.</summary>
    public string? Reason => Latency is null ? Why : null;

    /// <summary>The message leaves the queue, and its lane goes on.</summary>
    public bool IsDone => Outcome is Outcome.Delivered or Outcome.Dropped || DeadLettered;
}

/// <summary>
/// Stage 8 of the path of a message: the table of outcomes (README, "How delivery works"), and what goes before it: what the endpoint says
/// itself, then the lists: success, retry, reject.
/// </summary>
internal static class Classification
{
    public static Outcome Of(Answer answer, StatusLists lists) => answer switch
    {
        { Fault: Fault.Certificate or Fault.Address } => Outcome.EndpointFault,
        { Disposition: Disposition.Delivered } => Outcome.Delivered,
        { Disposition: Disposition.Drop } => Outcome.Dropped,
        { Disposition: Disposition.Retry } => Outcome.Unavailable,
        { Disposition: Disposition.DeadLetter } => Outcome.Rejected,
        { Status: { } status } => OfStatus(status, answer, lists),
        _ => Outcome.Unavailable,
    };

    private static Outcome OfStatus(int status, Answer answer, StatusLists lists)
    {
        if (lists.Success.Contains(status)) return Outcome.Delivered;
        if (lists.Retry.Contains(status)) return AsksToWait(status, answer) ? Outcome.Throttled : Outcome.Unavailable;
        if (lists.Reject.Contains(status)) return Outcome.Rejected;
        if (AsksToWait(status, answer)) return Outcome.Throttled;

        return status switch
        {
            >= 300 and <= 399 => Outcome.EndpointFault,
            401 or 402 or 403 or 404 or 405 or 406 or 407 or 410 or 421 or 426 or 451 or 511 => Outcome.EndpointFault,
            408 or 409 or 425 => Outcome.Unavailable,
            >= 400 and <= 499 => Outcome.Rejected,
            _ => Outcome.Unavailable,
        };
    }

    private static bool AsksToWait(int status, Answer answer) => status switch
    {
        429 => true,
        503 when answer.RetryAfter is not null => true,
        511 => false,
        >= 500 and <= 599 => answer.QuotaSpent,
        _ => false,
    };
}
