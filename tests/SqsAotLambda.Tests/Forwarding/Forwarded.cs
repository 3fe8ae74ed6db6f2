using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>How the delivery of a message to a URL ends.</summary>
internal static class Forwarded
{
    public static Delivery Failed(Fault fault) => new(Outcome.Unavailable, Fault: fault);

    public static Task<Delivery> ForwardAsync(Uri url, params (string, string)[] settings) =>
        ForwardAsync(Given.Message(), url, Deadline.Never, settings);

    /// <summary>How it ended, but for the time it took and the detail of a fault.</summary>
    public static async Task<Delivery> ForwardAsync(Message message, Uri url, Deadline deadline, params (string, string)[] others)
    {
        var delivery = await TellAsync(message, url, deadline, others);
        return delivery.Fault is Fault.None ? delivery : delivery with { Why = null };
    }

    /// <summary>The fault that kept an answer from coming, and its detail.</summary>
    public static async Task<(Fault Fault, string? Detail)> FaultAsync(Uri url, params (string, string)[] settings)
    {
        var delivery = await TellAsync(Given.Message(), url, Deadline.Never, settings);
        return (delivery.Fault, delivery.Why);
    }

    private static async Task<Delivery> TellAsync(Message message, Uri url, Deadline deadline, (string, string)[] others)
    {
        using var function = Given.Function(Given.Settings(url, others));
        var delivery = await Given.DeliverAsync(function, message, deadline);
        Assert.NotNull(delivery.Latency);
        return delivery with { Latency = null, Endpoint = null };
    }
}
