using System.Text.Json;

namespace SqsAotLambda.EndToEnd;

/// <summary>What the native binary asks of SQS when messages fail, on both hosts.</summary>
public sealed class FailureTests
{
    private const string DeadLetterQueue = "https://sqs.us-east-1.amazonaws.com/123456789012/orders-dlq";

    public static readonly TheoryData<string> Hosts = ["Own", "Amazon"];

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_batch_without_failures_opens_no_connection_to_SQS(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(host, endpoint.Url, ("FORWARD_DLQ_URL", DeadLetterQueue), ("FORWARD_MAX_RECEIVE_COUNT", "1"));

        await function.InvokeAsync(Function.Event("one", "two", "three"));

        Assert.Equal(0, function.Sqs.Connections);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_rejected_message_is_in_the_dead_letter_queue_within_the_invocation_with_its_reason(string host)
    {
        await using var endpoint = new StubServer(request => request.Text == "bad" ? Replies.Status(422, "no such tenant") : Replies.Status(200));
        await using var function = new Function(host, endpoint.Url, ("FORWARD_DLQ_URL", DeadLetterQueue));

        var answer = await function.InvokeAsync(Function.Event("good", "bad"));

        Assert.Equal(Function.Failures(), answer.Text);
        var copy = Assert.Single(function.Sqs.Sent);
        Assert.Equal(DeadLetterQueue, copy.GetProperty("QueueUrl").GetString());
        Assert.Equal("bad", copy.GetProperty("MessageBody").GetString());
        var failure = JsonDocument.Parse(
            copy.GetProperty("MessageAttributes").GetProperty("ForwardFailure").GetProperty("StringValue").GetString()!).RootElement;
        Assert.Equal(
            ("Rejected", 422, "m1", "no such tenant"),
            (
                failure.GetProperty("outcome").GetString(),
                failure.GetProperty("status").GetInt32(),
                failure.GetProperty("messageId").GetString(),
                failure.GetProperty("response").GetString()));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_rejected_message_whose_copy_is_refused_is_reported_failed(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(400));
        await using var function = new Function(host, endpoint.Url, ("FORWARD_DLQ_URL", DeadLetterQueue));
        function.Sqs.OnCall = StubSqs.Refuse;

        var answer = await function.InvokeAsync(Function.Event("bad"));

        Assert.Equal(Function.Failures("m0"), answer.Text);
        Assert.Single(await function.LoggedWithBatchAsync("CopyFailed"));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_message_on_its_last_receive_is_copied_whatever_kept_it(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(503));
        await using var function = new Function(host, endpoint.Url, ("FORWARD_DLQ_URL", DeadLetterQueue), ("FORWARD_MAX_RECEIVE_COUNT", "1"));

        var answer = await function.InvokeAsync(Function.Event("one"));

        Assert.Equal(Function.Failures(), answer.Text);
        Assert.Single(function.Sqs.Sent);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_failed_message_and_those_behind_it_in_its_group_are_held_back_alike(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(503, "", "Retry-After: 100"));
        await using var function = new Function(host, endpoint.Url);

        var answer = await function.InvokeAsync(Function.Event("orders.fifo", [("a1", "a", "1"), ("a2", "a", "2")]));

        Assert.Equal(Function.Failures("a1", "a2"), answer.Text);
        var call = Assert.Single(function.Sqs.VisibilityChanges);
        Assert.Equal([100, 100], call.GetProperty("Entries").EnumerateArray().Select(entry => entry.GetProperty("VisibilityTimeout").GetInt32()));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task After_five_endpoint_faults_messages_are_parked_unsent(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(401));
        await using var function = new Function(host, endpoint.Url, ("FORWARD_CONCURRENCY", "1"));

        var answer = await function.InvokeAsync(Function.Event("1", "2", "3", "4", "5", "6", "7"));

        Assert.Equal(Function.Failures("m0", "m1", "m2", "m3", "m4", "m5", "m6"), answer.Text);
        Assert.Equal(5, endpoint.Requests.Count);
        var metrics = Assert.Single(await function.LoggedWithMetricsAsync());
        Assert.Equal(
            (5, 2, 2),
            (
                metrics.GetProperty("EndpointFault").GetInt32(),
                metrics.GetProperty("NotAttempted").GetInt32(),
                metrics.GetProperty("Parked").GetInt32()));
        Assert.Equal(
            """{"Timestamp":0,"CloudWatchMetrics":[{"Namespace":"SqsAotLambda","Dimensions":[["Function","Queue"]],"Metrics":["""
                + """{"Name":"NotAttempted","Unit":"Count"},{"Name":"Delivered","Unit":"Count"},{"Name":"Dropped","Unit":"Count"},"""
                + """{"Name":"Throttled","Unit":"Count"},{"Name":"Unavailable","Unit":"Count"},{"Name":"EndpointFault","Unit":"Count"},"""
                + """{"Name":"Rejected","Unit":"Count"},{"Name":"Suspect","Unit":"Count"},{"Name":"Parked","Unit":"Count"},"""
                + """{"Name":"Paced","Unit":"Count"},{"Name":"Blocked","Unit":"Count"},{"Name":"DeadLettered","Unit":"Count"},"""
                + """{"Name":"HeadersLeftOut","Unit":"Count"},{"Name":"Resent","Unit":"Count"},{"Name":"Latency","Unit":"Milliseconds"}]}]}""",
            System.Text.RegularExpressions.Regex.Replace(metrics.GetProperty("_aws").GetRawText(), @"\d{10,}", "0"));
        Assert.Equal(("forwarder", "orders"), (metrics.GetProperty("Function").GetString(), metrics.GetProperty("Queue").GetString()));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_failed_message_of_an_unnamed_queue_is_reported_like_any_other()
    {
        await using var endpoint = new StubServer(_ => Replies.Status(400));
        await using var function = new Function("Own", endpoint.Url, ("FORWARD_DLQ_URL", DeadLetterQueue));

        var answer = await function.InvokeAsync("""{"Records":[{"messageId":"m0","receiptHandle":"h","body":"b"}]}""");

        Assert.Equal(Function.Failures("m0"), answer.Text);
        Assert.Equal(0, function.Sqs.Connections);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("Own", "arn:aws:sqs:evil.test/x:123456789012:q")]
    [InlineData("Own", "arn:aws:sqs:us-east-1://[:q")]
    [InlineData("Amazon", "arn:aws:sqs:us-east-1://[:q")]
    public async Task An_ARN_that_is_none_leads_no_call_of_SQS_and_fails_no_message(string host, string arn)
    {
        await using var endpoint = new StubServer(request => Replies.Status(request.Text == "bad" ? 400 : 200));
        await using var function = new Function(host, endpoint.Url, ("FORWARD_DLQ_URL", DeadLetterQueue));

        var answer = await function.InvokeAsync(
            Function.Event("good", "bad").Replace("arn:aws:sqs:us-east-1:123456789012:orders", arn, StringComparison.Ordinal));

        Assert.Equal(Function.Failures("m1"), answer.Text);
        Assert.Equal(0, function.Sqs.Connections);
        Assert.Equal("unknown", Assert.Single(await function.LoggedWithMetricsAsync()).GetProperty("Queue").GetString());
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_message_without_a_body_is_not_delivered(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(host, endpoint.Url, ("FORWARD_DLQ_URL", DeadLetterQueue));

        var answer = await function.InvokeAsync("""{"Records":[{"messageId":"m0","body":null},{"messageId":"m1"},{"messageId":"m2","body":""}]}""");

        Assert.Equal(Function.Failures("m0", "m1"), answer.Text);
        Assert.Equal("m2", Assert.Single(endpoint.Requests).Headers["Idempotency-Key"]);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task With_a_redrive_key_only_what_the_function_wrote_itself_gives_a_message_an_earlier_id(string host)
    {
        await using var endpoint = new StubServer(
            request => Replies.Status(request.Headers["Idempotency-Key"] == "first" && request.Headers["X-Aws-Sqsd-Msgid"] == "first" ? 422 : 200));
        await using var function = new Function(
            host, endpoint.Url, ("FORWARD_DLQ_URL", DeadLetterQueue), ("FORWARD_REDRIVE_KEY", "env:REDRIVE"), (
                "REDRIVE", "a key of the function alone"));
        await function.InvokeAsync(Function.Event("orders", [("first", null, "a body")]));
        var failure = Assert.Single(function.Sqs.Sent)
            .GetProperty("MessageAttributes").GetProperty("ForwardFailure").GetProperty("StringValue").GetString()!;

        await function.InvokeAsync(Redriven("second", failure));
        await function.InvokeAsync(Redriven("third", failure.Replace("\"first\"", "\"other\"", StringComparison.Ordinal)));
        await function.InvokeAsync(Redriven("fourth", """{"messageId":"other"}"""));

        Assert.Equal(["first", "first", "third", "fourth"], endpoint.Requests.Select(request => request.Headers["Idempotency-Key"]));

        static string Redriven(string id, string failure) => JsonSerializer.Serialize(new
        {
            Records = new[]
            {
                new
                {
                    messageId = id,
                    body = "a body",
                    messageAttributes = new { ForwardFailure = new { stringValue = failure, dataType = "String" } },
                    eventSourceARN = "arn:aws:sqs:us-east-1:123456789012:orders",
                },
            },
        });
    }

    [Fact(Timeout = 120_000)]
    public async Task A_base_of_zero_leaves_visibility_alone()
    {
        await using var endpoint = new StubServer(_ => Replies.Status(503));
        await using var function = new Function("Own", endpoint.Url, ("FORWARD_BACKOFF_BASE", "0s"));

        Assert.Equal(Function.Failures("m0"), (await function.InvokeAsync(Function.Event("one"))).Text);

        Assert.Equal(0, function.Sqs.Connections);
    }

    [Fact(Timeout = 120_000)]
    public async Task No_secret_is_in_any_line()
    {
        await using var endpoint = new StubServer(_ => Replies.Status(400));
        await using var function = new Function("Own", endpoint.Url, ("FORWARD_DLQ_URL", DeadLetterQueue));
        function.Sqs.OnCall = StubSqs.Refuse;

        await function.InvokeAsync(Function.Event("the body"));
        await function.LoggedWithBatchAsync("CopyFailed");

        Assert.All(["secret access key", "session token", "the body"], secret => Assert.DoesNotContain(secret, function.Process.Output));
    }
}
