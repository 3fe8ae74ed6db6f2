using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Tests.Support;

/// <summary>Messages on routes to one server, whose address <c>URL</c> stands for in a route.</summary>
internal sealed class RoutedMessages : IAsyncDisposable
{
    public static readonly Message Order = Given.Message(
        "059f36b4", """{"id": 7,"price":1.50, "note":"a\"b\\u00e9 é","tags":[ 1,2 ],"none":null,"big":123456789012345678901234567890.10}""") with
    {
        GroupId = "g 1",
        ReceiveCount = 3,
        Attributes = [new("type", "String", "order"), new("tenant", "String", "é/ü?&#"), new("dots", "String", "..")],
    };

    public StubServer Server { get; } = new(_ => Replies.Status(200));

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>What the server receives of a message that it accepts.</summary>
    public async Task<StubRequest> ReceivedAsync(string routes, Message message)
    {
        var delivery = await DeliverAsync(routes, message);

        Assert.Equal((Outcome.Delivered, null), (delivery.Outcome, delivery.Reason));
        return Server.Requests[^1];
    }

    public Task<Delivery> DeliverAsync(string routes, Message message, string? url = null) =>
        Given.DeliveryAsync(
            message,
            ("FORWARD_ROUTES", routes.Replace("URL", Server.Url.ToString(), StringComparison.Ordinal)),
            ("FORWARD_URL", url ?? $"{Server.Url}last"));
}
