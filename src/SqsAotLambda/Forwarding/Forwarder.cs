using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Delivers one message by one request.</summary>
internal sealed class Forwarder(Endpoint endpoint, RequestBuilder requests)
{
    public async Task<Delivery> ForwardAsync(Message message, CancellationToken deadline)
    {
        if (message.Defect is { } defect) return new(Outcome.Rejected, Reason: defect);

        using var request = requests.Build(message);
        var answer = await endpoint.SendAsync(request, deadline);
        return new(Classification.Of(answer), answer.Status, answer.Fault);
    }
}
