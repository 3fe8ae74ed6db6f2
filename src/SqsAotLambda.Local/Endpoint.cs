using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using SqsAotLambda.Local.Pressure;

namespace SqsAotLambda.Local;

/// <summary>The built-in receiver: verifies signatures, tells the ledger what arrived, and answers as the ledger says.</summary>
/// <param name="routes">null when no signature is due.</param>
/// <param name="trouble">null: it is never under pressure.</param>
/// <param name="timeline">null: nobody asks when something happened.</param>
internal sealed class Endpoint(
    Ledger ledger, SampleRoutes? routes, TimeSpan stall, Trouble? trouble, Timeline? timeline, TimeProvider time)
{
    /// <summary>The answer in the words of the report.</summary>
    public static string Describe(Behaviour behaviour) => behaviour switch
    {
        Behaviour.StallOnce => "no answer",
        Behaviour.ResetOnce or Behaviour.CutOff => "reset",
        _ => $"{(int)StatusOf(behaviour)}",
    };

    public async Task AnswerAsync(HttpContext context)
    {
        var pressed = trouble?.Meet();
        var arrival = await ReadAsync(context);
        var behaviour = ledger.Arrived(arrival, pressed);
        timeline?.Answer(arrival.MessageId, behaviour);
        if (behaviour is Behaviour.StallOnce)
            await Task.Delay(stall, time, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (behaviour is Behaviour.StallOnce or Behaviour.ResetOnce or Behaviour.CutOff)
        {
            context.Abort();
            return;
        }

        var response = context.Response;
        response.StatusCode = (int)StatusOf(behaviour);
        if (behaviour is Behaviour.ThrottleOnce or Behaviour.Overloaded) response.Headers.RetryAfter = "1";
        if (behaviour is Behaviour.Refuse) await response.WriteAsync("this sample is refused", context.RequestAborted);
        if (behaviour is Behaviour.Walled) await response.WriteAsync("everything is refused", context.RequestAborted);
    }

    private static HttpStatusCode StatusOf(Behaviour behaviour) => behaviour switch
    {
        Behaviour.Refuse or Behaviour.Walled => HttpStatusCode.BadRequest,
        Behaviour.FailOnce => HttpStatusCode.InternalServerError,
        Behaviour.ThrottleOnce or Behaviour.Throttled => HttpStatusCode.TooManyRequests,
        Behaviour.Down or Behaviour.Overloaded => HttpStatusCode.ServiceUnavailable,
        Behaviour.Broken => HttpStatusCode.BadGateway,
        _ => HttpStatusCode.OK,
    };

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
