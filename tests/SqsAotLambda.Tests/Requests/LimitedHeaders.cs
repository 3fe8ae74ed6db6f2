using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>An endpoint, and what it receives of messages whose headers may be as long as FORWARD_MAX_HEADER.</summary>
internal sealed class LimitedHeaders : IAsyncDisposable
{
    public static readonly (string, string) Limit = ("FORWARD_MAX_HEADER", "1000");
    public static readonly (string, string) Both = ("FORWARD_HEADERS", "sqsd,cloudevents");

    private readonly StubServer server = new(_ => Replies.Status(200));

    public Uri Url => server.Url;

    public static Message With(params (string Name, string Value)[] attributes) =>
        Given.Message() with { Attributes = [.. attributes.Select(each => new MessageAttribute(each.Name, "String", each.Value))] };

    public ValueTask DisposeAsync() => server.DisposeAsync();

    public Task<Delivery> DeliverAsync(Message message, params (string, string)[] others) =>
        Given.DeliveryAsync(message, [("FORWARD_URL", server.Url.ToString()), .. others]);

    public async Task<StubRequest> ReceivedAsync(Message message, params (string, string)[] others)
    {
        var delivery = await DeliverAsync(message, others);

        Assert.Equal((Outcome.Delivered, null), (delivery.Outcome, delivery.Reason));
        return server.Requests[^1];
    }

    public async Task AssertRejectedAsync(Message message, string fault, params (string, string)[] others)
    {
        var delivery = await DeliverAsync(message, [Limit, .. others]);

        Assert.Equal((Outcome.Rejected, $"route default: {fault} in message id"), (delivery.Outcome, delivery.Reason));
        Assert.Equal(0, server.Connections);
    }
}
