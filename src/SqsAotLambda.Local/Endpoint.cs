using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace SqsAotLambda.Local;

/// <summary>The built-in receiver: verifies signatures, tells the ledger what arrived, and answers as the ledger says.</summary>
/// <param name="routes">null when no signature is due.</param>
/// <param name="outage">When it is down; null when it never is.</param>
internal sealed class Endpoint(Ledger ledger, SampleRoutes? routes, TimeSpan stall, Outage? outage, TimeProvider time)
{
    /// <summary>The answer in the words of the report.</summary>
    public static string Describe(Behaviour behaviour) => behaviour switch
    {
        Behaviour.Refuse => "400",
        Behaviour.FailOnce => "500",
        Behaviour.ThrottleOnce => "429",
        Behaviour.StallOnce => "no answer",
        Behaviour.ResetOnce => "reset",
        Behaviour.Down => "503",
        _ => "200",
    };

    public async Task AnswerAsync(HttpContext context)
    {
        var down = outage is not null && outage.IsOn();
        var arrival = await ReadAsync(context);
        var response = context.Response;
        switch (ledger.Arrived(arrival, down))
        {
            case Behaviour.Accept:
                break;
            case Behaviour.Refuse:
                response.StatusCode = (int)HttpStatusCode.BadRequest;
                await response.WriteAsync("this sample is refused", context.RequestAborted);
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
            case Behaviour.Down:
                response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
                break;
        }
    }

    private async Task<Arrival> ReadAsync(HttpContext context)
    {
        using var read = new MemoryStream();
        await context.Request.Body.CopyToAsync(read, context.RequestAborted);
        var (target, headers, body) = (context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, context.Request.Headers, read.ToArray());
        return new Arrival(MessageId(headers), context.Request.Method, target, body, routes?.Verify(target, headers, body));
    }

    /// <summary>The id that the request names; null when there is none, or two headers disagree.</summary>
    private static string? MessageId(IHeaderDictionary headers)
    {
        string[] ids = [.. headers["Idempotency-Key"].Concat(headers["X-Aws-Sqsd-Msgid"]).OfType<string>().Distinct()];
        return ids is [var id] ? id : null;
    }
}
