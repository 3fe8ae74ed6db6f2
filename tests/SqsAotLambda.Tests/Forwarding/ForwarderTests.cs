using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Forwarding.Forwarded;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>The table of outcomes, over a socket.</summary>
public sealed class ForwarderTests
{
    [Theory(Timeout = 30_000)]
    [InlineData(200, "Delivered")]
    [InlineData(201, "Delivered")]
    [InlineData(202, "Delivered")]
    [InlineData(204, "Delivered")]
    [InlineData(299, "Delivered")]
    [InlineData(300, "EndpointFault")]
    [InlineData(301, "EndpointFault")]
    [InlineData(304, "EndpointFault")]
    [InlineData(307, "EndpointFault")]
    [InlineData(399, "EndpointFault")]
    [InlineData(400, "Rejected")]
    [InlineData(401, "EndpointFault")]
    [InlineData(402, "EndpointFault")]
    [InlineData(403, "EndpointFault")]
    [InlineData(404, "EndpointFault")]
    [InlineData(405, "EndpointFault")]
    [InlineData(406, "EndpointFault")]
    [InlineData(407, "EndpointFault")]
    [InlineData(408, "Unavailable")]
    [InlineData(409, "Unavailable")]
    [InlineData(410, "EndpointFault")]
    [InlineData(413, "Rejected")]
    [InlineData(414, "Rejected")]
    [InlineData(415, "Rejected")]
    [InlineData(418, "Rejected")]
    [InlineData(421, "EndpointFault")]
    [InlineData(422, "Rejected")]
    [InlineData(425, "Unavailable")]
    [InlineData(426, "EndpointFault")]
    [InlineData(428, "Rejected")]
    [InlineData(429, "Throttled")]
    [InlineData(431, "Rejected")]
    [InlineData(451, "EndpointFault")]
    [InlineData(499, "Rejected")]
    [InlineData(500, "Unavailable")]
    [InlineData(502, "Unavailable")]
    [InlineData(503, "Unavailable")]
    [InlineData(504, "Unavailable")]
    [InlineData(511, "EndpointFault")]
    [InlineData(599, "Unavailable")]
    [InlineData(600, "Unavailable")]
    public async Task The_status_decides_the_outcome(int status, string outcome)
    {
        await using var server = new StubServer(_ => Replies.Status(status));

        var delivery = await ForwardAsync(server.Url);

        Assert.Equal(new(Enum.Parse<Outcome>(outcome), status), delivery);
        Assert.Single(server.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(503, "Retry-After: 7", "Throttled")]
    [InlineData(503, "Retry-After: 0.5", "Throttled")]
    [InlineData(503, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT", "Throttled")]
    [InlineData(503, "Retry-After: -1", "Unavailable")]
    [InlineData(503, "Retry-After: soon", "Unavailable")]
    [InlineData(500, "Retry-After: 7", "Unavailable")]
    [InlineData(500, "RateLimit: \"default\";r=0;t=30", "Throttled")]
    [InlineData(503, "RateLimit: \"burst\";r=5, \"daily\";r=0", "Throttled")]
    [InlineData(500, "RateLimit: \"default\";r=10;t=30", "Unavailable")]
    [InlineData(511, "RateLimit: \"default\";r=0;t=30", "EndpointFault")]
    [InlineData(200, "RateLimit: \"default\";r=0;t=30", "Delivered")]
    public async Task An_answer_that_asks_to_wait_is_Throttled(int status, string header, string outcome)
    {
        await using var server = new StubServer(_ => Replies.Status(status, "", header));

        var delivery = await ForwardAsync(server.Url);

        Assert.Equal((Enum.Parse<Outcome>(outcome), status), (delivery.Outcome, delivery.Status));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("RateLimit: \"default\";r=0;t=30", true)]
    [InlineData("RateLimit: \"burst\";r=5\r\nRateLimit: \"daily\";r=0", true)]
    [InlineData("RateLimit: \"daily\";r=0\r\nRateLimit: \"burst\";r=5", true)]
    [InlineData("RateLimit: \"burst\";r=5\r\nRateLimit: \"daily\";r=1", false)]
    public async Task A_quota_that_is_spent_is_seen_on_any_line_of_a_success(string headers, bool spent)
    {
        await using var server = new StubServer(_ => Replies.Status(200, "", headers));

        Assert.Equal(new(Outcome.Delivered, 200, QuotaSpent: spent), await ForwardAsync(server.Url));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("FORWARD_SUCCESS_ON", "200-299,409", 409, "Delivered")]
    [InlineData("FORWARD_SUCCESS_ON", "200", 204, "Unavailable")]
    [InlineData("FORWARD_RETRY_ON", "404", 404, "Unavailable")]
    [InlineData("FORWARD_RETRY_ON", "400-499", 429, "Throttled")]
    [InlineData("FORWARD_RETRY_ON", "200", 200, "Delivered")]
    [InlineData("FORWARD_REJECT_ON", "500-503", 501, "Rejected")]
    [InlineData("FORWARD_REJECT_ON", "500-503", 504, "Unavailable")]
    public async Task The_lists_go_before_the_table(string setting, string list, int status, string outcome)
    {
        await using var server = new StubServer(_ => Replies.Status(status));

        var delivery = await ForwardAsync(server.Url, (setting, list));

        Assert.Equal((Enum.Parse<Outcome>(outcome), status), (delivery.Outcome, delivery.Status));
    }

    [Fact(Timeout = 30_000)]
    public async Task Of_the_lists_success_goes_before_retry_and_retry_before_reject()
    {
        await using var server = new StubServer(
            request => Replies.Status(int.Parse(request.Text, System.Globalization.CultureInfo.InvariantCulture)));
        (string, string)[] lists = [("FORWARD_SUCCESS_ON", "418"), ("FORWARD_RETRY_ON", "418-419"), ("FORWARD_REJECT_ON", "418-420")];

        var outcomes = new List<Outcome>();
        foreach (var status in new[] { "418", "419", "420" })
            outcomes.Add((await ForwardAsync(Given.Message(body: status), server.Url, Deadline.Never, lists)).Outcome);

        Assert.Equal([Outcome.Delivered, Outcome.Unavailable, Outcome.Rejected], outcomes);
    }

    [Fact(Timeout = 30_000)]
    public async Task Of_a_failing_answer_the_first_KB_is_kept()
    {
        await using var server = new StubServer(_ => Replies.Status(400, new string('x', 3000)));

        Assert.Equal(new string('x', 1024), (await ForwardAsync(server.Url)).Response);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_switch_of_protocols_is_Unavailable()
    {
        await using var server = new StubServer(
            _ => Replies.RawThenClose("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"));

        Assert.Equal(new(Outcome.Unavailable, 101), await ForwardAsync(server.Url));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = new StubServer(_ => Replies.Status(200));
        await using var server = new StubServer(_ => Replies.Status(307, "", $"Location: {elsewhere.Url}"));

        await ForwardAsync(server.Url);

        Assert.Empty(elsewhere.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n")]
    public async Task A_200_whose_body_is_cut_is_Delivered(string answer)
    {
        await using var server = new StubServer(_ => Replies.RawThenClose(answer));

        Assert.Equal(new(Outcome.Delivered, 200), await ForwardAsync(server.Url));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_200_whose_body_never_ends_is_Delivered_long_before_the_time_out()
    {
        await using var server = new StubServer(_ => Replies.RawThenStall("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"));

        Assert.Equal(new(Outcome.Delivered, 200), await ForwardAsync(server.Url, ("FORWARD_TIMEOUT", "15m")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0, 1)]
    [InlineData(64 * 1024, 1)]
    [InlineData(64 * 1024 + 1, 3)]
    public async Task A_connection_is_used_again_unless_the_answer_is_longer_than_64_KB(int length, int opened)
    {
        await using var server = new StubServer(_ => Replies.Status(200, new string('x', length)));
        using var function = Given.Function(Given.Settings(server.Url));

        for (var message = 0; message < 3; message++) await Given.DeliverAsync(function, Given.Message());

        Assert.Equal(opened, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_the_endpoint_closed_is_replaced_and_nothing_is_sent_twice()
    {
        await using var server = new StubServer(_ => Replies.Status(200, "", "Connection: close"));
        using var function = Given.Function(Given.Settings(server.Url));

        for (var message = 0; message < 3; message++)
            Assert.True((await Given.DeliverAsync(function, Given.Message())).IsDone);

        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(3, server.Connections);
    }
}
