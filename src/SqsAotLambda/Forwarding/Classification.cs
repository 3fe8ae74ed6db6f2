namespace SqsAotLambda.Forwarding;

/// <summary>The table of outcomes: README, "How delivery works".</summary>
internal static class Classification
{
    public static Outcome Of(Answer answer) => answer.Fault switch
    {
        Fault.None => OfStatus(answer),
        Fault.Certificate => Outcome.EndpointFault,
        _ => Outcome.Unavailable,
    };

    private static Outcome OfStatus(Answer answer) => answer.Status switch
    {
        >= 200 and <= 299 => Outcome.Delivered,
        >= 300 and <= 399 => Outcome.EndpointFault,
        401 or 402 or 403 or 404 or 405 or 406 or 407 or 410 or 421 or 426 or 451 or 511 => Outcome.EndpointFault,
        408 or 409 or 425 => Outcome.Unavailable,
        429 => Outcome.Throttled,
        503 when answer.RetryAfter is not null => Outcome.Throttled,
        >= 500 and <= 599 when answer.QuotaSpent => Outcome.Throttled,
        >= 400 and <= 499 => Outcome.Rejected,
        _ => Outcome.Unavailable,
    };
}
