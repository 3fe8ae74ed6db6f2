using System.Net;
using Microsoft.AspNetCore.Http;

namespace SqsAotLambda.Local;

/// <summary>The built-in receiver: tells the ledger what arrived, and answers as the ledger says.</summary>
internal sealed class Endpoint(Ledger ledger, TimeSpan stall, TimeProvider time)
{
    /// <summary>The answer in the words of the report.</summary>
    public static string Describe(Behaviour behaviour) => behaviour switch
    {
        Behaviour.Refuse => "400",
        Behaviour.FailOnce => "500",
        Behaviour.ThrottleOnce => "429",
        Behaviour.StallOnce => "no answer",
        Behaviour.ResetOnce => "reset",
        _ => "200",
    };

    public async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var response = context.Response;
        switch (ledger.Arrived(MessageId(context.Request.Headers), body.ToArray()))
        {
            case Behaviour.Accept:
                break;
            case Behaviour.Refuse:
                response.StatusCode = (int)HttpStatusCode.BadRequest;
                break;
            case Behaviour.FailOnce:
                response.StatusCode = (int)HttpStatusCode.InternalServerError;
                break;
            case Behaviour.ThrottleOnce:
                response.StatusCode = (int)HttpStatusCode.TooManyRequests;
                response.Headers.RetryAfter = "1";
                break;
            case Behaviour.StallOnce:
                await Task.Delay(stall, time, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                context.Abort();
                break;
            case Behaviour.ResetOnce:
                context.Abort();
                break;
        }
    }

    /// <summary>The id that the request names; null when there is none, or two headers disagree.</summary>
    private static string? MessageId(IHeaderDictionary headers)
    {
        string[] ids = [.. headers["Idempotency-Key"].Concat(headers["X-Aws-Sqsd-Msgid"]).OfType<string>().Distinct()];
        return ids is [var id] ? id : null;
    }
}
