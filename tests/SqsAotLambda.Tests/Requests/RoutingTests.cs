using SqsAotLambda.Forwarding;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.RoutedMessages;

namespace SqsAotLambda.Tests.Requests;

/// <summary>Which route has a message, and what becomes of messages that can't be sent to one.</summary>
public sealed class RoutingTests : IAsyncDisposable
{
    private readonly RoutedMessages routed = new();

    public ValueTask DisposeAsync() => routed.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task The_first_route_that_takes_a_message_has_it()
    {
        const string Routes = """
            [{"name":"a","when":{"attribute:type":"refund"},"url":"URLa"},
             {"name":"b","when":{"attribute:type":"order"},"url":"URLb"},
             {"name":"c","url":"URLc"}]
            """;

        Assert.Equal("/b", (await routed.ReceivedAsync(Routes, Order)).Path);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_no_route_takes_goes_to_the_URL_of_the_settings() =>
        Assert.Equal("/last", (await routed.ReceivedAsync("""[{"name":"a","when":{"attribute:type":"refund"},"url":"URLa"}]""", Order)).Path);

    [Fact(Timeout = 30_000)]
    public async Task What_nothing_takes_is_rejected()
    {
        var delivery = await routed.DeliverAsync("""[{"name":"a","when":{"attribute:type":"refund"},"url":"URLa"}]""", Order, url: "");

        Assert.Equal((Outcome.Rejected, "no route takes the message"), (delivery.Outcome, delivery.Reason));
        Assert.Empty(routed.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_dropped_message_is_done_without_a_request()
    {
        var delivery = await routed.DeliverAsync("""[{"name":"noise","when":{"attribute:type":"order"},"drop":true}]""", Order);

        Assert.Equal((Outcome.Dropped, true), (delivery.Outcome, delivery.IsDone));
        Assert.Empty(routed.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_pointer_of_the_extended_client_is_rejected_and_not_sent()
    {
        var pointer = Given.Message(body: """["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}]""") with
        {
            Attributes = [new("ExtendedPayloadSize", "Number", "300000")],
        };

        var delivery = await routed.DeliverAsync("""[{"name":"a","drop":true}]""", pointer);

        Assert.Equal((Outcome.Rejected, "the body is a pointer of the SQS Extended Client Library to S3"), (delivery.Outcome, delivery.Reason));
        Assert.Empty(routed.Server.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{"url":"URL{attribute:missing}"}""", "{attribute:missing} is missing")]
    [InlineData("""{"url":"URLa?x={body:/missing}"}""", "{body:/missing} is missing")]
    [InlineData("""{"url":"URL{body:/tags}"}""", "{body:/tags} is missing")]
    [InlineData("""{"url":"URL{body:/none}"}""", "{body:/none} is missing")]
    [InlineData("""{"url":"URLa","headers":{"X":"{attribute:missing}"}}""", "{attribute:missing} is missing")]
    [InlineData("""{"url":"URLa","body":"{body:/none}"}""", "{body:/none} is missing")]
    [InlineData("""{"url":"URLa","body":{"a":"{body:/missing}"}}""", "{body:/missing} is missing")]
    [InlineData("""{"url":"URLa","body":{"a":"x{body:/missing}"}}""", "{body:/missing} is missing")]
    public async Task A_message_that_lacks_a_value_is_rejected_with_route_expression_and_id(string route, string why)
    {
        var delivery = await routed.DeliverAsync($$"""[{"name":"orders",{{route[1..]}}]""", Order);

        Assert.Equal((Outcome.Rejected, $"route orders: {why} in message 059f36b4"), (delivery.Outcome, delivery.Reason));
        Assert.Empty(routed.Server.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("PUT", true)]
    [InlineData("PATCH", true)]
    [InlineData("GET", false)]
    [InlineData("DELETE", false)]
    public async Task A_route_may_have_another_method_and_GET_and_DELETE_carry_no_body(string method, bool body)
    {
        var request = await routed.ReceivedAsync($$"""[{"name":"a","url":"URLa","method":"{{method}}"}]""", Order);

        Assert.Equal((method, body), (request.Method, request.Body.Length > 0));
        Assert.Equal((body, body), (request.Headers.ContainsKey("Content-Type"), request.Headers.ContainsKey("Content-Length")));
    }
}
