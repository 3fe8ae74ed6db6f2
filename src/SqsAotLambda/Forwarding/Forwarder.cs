using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Sends one message by one request.</summary>
internal sealed class Forwarder(Endpoint endpoint, RequestBuilder requests, Classification classification, TimeProvider time)
{
    public async Task<Delivery> ForwardAsync(Message message, CancellationToken deadline)
    {
        using var request = requests.Build(message);
        var start = time.GetTimestamp();
        var answer = await endpoint.SendAsync(request, deadline);
        return new(
            classification.Of(answer),
            answer.Status,
            answer.Fault,
            RetryAfter: answer.RetryAfter,
            QuotaSpent: answer.QuotaSpent,
            Response: answer.Start,
            Latency: time.GetElapsedTime(start));
    }
}
