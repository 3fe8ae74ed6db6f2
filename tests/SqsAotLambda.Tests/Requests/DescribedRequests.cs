using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>An endpoint, and the requests to it that messages describe. In a body URL stands for its URL, in routes HOST for its host, too.</summary>
internal sealed class DescribedRequests : IAsyncDisposable
{
    public const string Routes = """[{"name":"async","request":"message","url":"URLv1/","allowedHosts":["HOST"]}]""";

    private readonly StubServer server = new(_ => Replies.Status(200));

    public Uri Url => server.Url;

    public IReadOnlyList<StubRequest> Received => server.Requests;

    public ValueTask DisposeAsync() => server.DisposeAsync();

    public string Filled(string text) => text
        .Replace("URL", server.Url.ToString(), StringComparison.Ordinal)
        .Replace("HOST", server.Url.Authority, StringComparison.Ordinal);

    public Message Message(string body)
    {
        body = body.Replace("\"URL", $"\"{server.Url}", StringComparison.Ordinal)
            .Replace("\"UPPER", $"\"HTTP://LOCALHOST:{server.Port}", StringComparison.Ordinal);
        return Given.Message(body: body) with { Attributes = [new("tenant", "String", "t/1")] };
    }

    public Task<Delivery> DeliverAsync(string body, string routes) => Given.DeliveryAsync(Message(body), ("FORWARD_ROUTES", Filled(routes)));

    public async Task<StubRequest> ReceivedAsync(string body, string routes = Routes)
    {
        var delivery = await DeliverAsync(body, routes);

        Assert.Equal((Outcome.Delivered, null), (delivery.Outcome, delivery.Reason));
        return server.Requests[^1];
    }

    public async Task AssertRefusedAsync(string body, string fault, string routes = Routes)
    {
        var delivery = await DeliverAsync(body, routes);

        Assert.Equal((Outcome.Rejected, $"route async: {fault} in message id"), (delivery.Outcome, delivery.Reason));
        Assert.Equal(0, server.Connections);
    }
}
