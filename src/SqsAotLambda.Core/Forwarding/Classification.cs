using SqsAotLambda.Http;
using SqsAotLambda.Requests;

namespace SqsAotLambda.Forwarding;

/// <summary>The table of outcomes (README, "How delivery works"), and the lists that go before it: success, retry, reject, in that order.</summary>
internal static class Classification
{
    public static Outcome Of(Answer answer, StatusLists lists) => answer switch
    {
        { Fault: Fault.Certificate or Fault.Address } => Outcome.EndpointFault,
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
