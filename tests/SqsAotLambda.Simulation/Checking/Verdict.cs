using SqsAotLambda.Requests;
using SqsAotLambda.Simulation.World;

namespace SqsAotLambda.Simulation.Checking;

/// <summary>What an answer means for its message, by the documents.</summary>
internal enum Verdict
{
    Fails,
    Throttles,

    /// <summary>The endpoint asks for the message again.</summary>
    Retries,

    /// <summary>The message is refused; perhaps all are.</summary>
    Rejects,

    /// <summary>This message is refused, by the endpoint's word or by a list.</summary>
    RejectsThis,
    Accepts,
    Drops,
}

internal static class Verdicts
{
    public static Verdict Of(Exchange exchange, Route route) =>
        (route.Statuses.HeedsDisposition ? exchange.Disposition?.ToUpperInvariant() : null) switch
        {
            "DELIVERED" => Verdict.Accepts,
            "DROP" => Verdict.Drops,
            "RETRY" => Verdict.Retries,
            "DEAD-LETTER" => Verdict.RejectsThis,
            _ => OfStatus(exchange.Status, exchange.AsksToWait, route.Statuses),
        };

    private static Verdict OfStatus(int status, bool asksToWait, StatusLists lists)
    {
        if (lists.Success.Contains(status)) return Verdict.Accepts;

        var isThrottled = status == 429 || (status == 503 && asksToWait);
        if (lists.Retry.Contains(status)) return isThrottled ? Verdict.Throttles : Verdict.Fails;
        if (lists.Reject.Contains(status)) return Verdict.RejectsThis;
        if (isThrottled) return Verdict.Throttles;

        return status is 400 or 413 or 414 or 415 or 422 or 428 or 431 ? Verdict.Rejects : Verdict.Fails;
    }
}
