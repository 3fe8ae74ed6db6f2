using System.Globalization;
using SqsAotLambda.Forwarding;

namespace SqsAotLambda.Tests.Support;

/// <summary>Messages that describe their requests, on a route to one server. <c>PORT</c> in a body or a route is the server's.</summary>
internal sealed class HostileMessages : IAsyncDisposable
{
    private const string DescribedRoutes = """
        [{"name":"a","request":"message","url":"http://localhost:PORT/v1","allowedHosts":["localhost:PORT"],
          "allowedHeaders":["X*","A*","C*","E*","F*","H*","I*","K*","P*","R*","T*","U*","V*","W*"],
          "headers":{"X-Tenant":"t"},"auth":"key","sign":"hook"}]
        """;

    public StubServer Server { get; } = new(_ => Replies.Status(200));

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Without a connection.</summary>
    public async Task AssertRefusedAsync(string body, string fault)
    {
        var delivery = await DeliverAsync(body);

        Assert.Equal((Outcome.Rejected, $"route a: {fault} in message id"), (delivery.Outcome, delivery.Reason));
        Assert.Equal(0, Server.Connections);
    }

    public Task<Delivery> DeliverAsync(string body, string routes = DescribedRoutes, string allowHttp = "true")
    {
        var port = Server.Port.ToString(CultureInfo.InvariantCulture);
        return Given.DeliveryAsync(
            Given.Message(body: body.Replace("PORT", port, StringComparison.Ordinal)),
            ("FORWARD_ROUTES", routes.Replace("PORT", port, StringComparison.Ordinal)),
            ("FORWARD_ALLOW_HTTP", allowHttp),
            (
                "FORWARD_AUTH",
                """{"key":{"type":"header","name":"X-Api-Key","value":"env:KEY"},"hook":{"type":"standard-webhooks","secret":"env:KEY"}}"""),
            ("KEY", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    }
}
