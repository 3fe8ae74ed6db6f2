using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace SqsAotLambda.EndToEnd;

/// <summary>What the native binary does with events, on both hosts.</summary>
public sealed class BootstrapTests
{
    public static readonly TheoryData<string> Hosts = ["Own", "Amazon"];

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_batch_is_delivered_and_acknowledged(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(host, endpoint.Url);

        var answer = await function.InvokeAsync(Function.Event("zero", "one", "two"));

        Assert.Equal("/2018-06-01/runtime/invocation/request-1/response", answer.Path);
        Assert.Equal(Function.Failures(), answer.Text);
        Assert.Equal(["one", "two", "zero"], endpoint.Requests.Select(request => request.Text).Order());
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task What_the_endpoint_did_not_accept_is_named_in_the_order_of_the_batch(string host)
    {
        await using var endpoint = new StubServer(request => Replies.Status(request.Text.StartsWith("bad", StringComparison.Ordinal) ? 500 : 200));
        await using var function = new Function(host, endpoint.Url);

        var answer = await function.InvokeAsync(Function.Event("bad", "good", "bad too", "good", "bad as well"));

        Assert.Equal(Function.Failures("m0", "m2", "m4"), answer.Text);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task Nothing_is_sent_within_the_deadline_margin(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(host, endpoint.Url, ("FORWARD_DEADLINE_MARGIN", "1m"));

        var answer = await function.InvokeAsync(Function.Event("late"), lifetime: TimeSpan.FromSeconds(50));

        Assert.Equal(Function.Failures("m0"), answer.Text);
        Assert.Empty(endpoint.Requests);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task AWS_LAMBDA_LOG_LEVEL_silences_the_lines_below_it(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(host, endpoint.Url, ("AWS_LAMBDA_LOG_LEVEL", "WARN"));

        await function.InvokeAsync(Function.Event("body"));

        Assert.Single(await function.LoggedWithMetricsAsync());
        Assert.Empty(function.Logged("BatchHandled"));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_group_is_delivered_in_order_up_to_its_first_failure(string host)
    {
        await using var endpoint = new StubServer(request => Replies.Status(request.Text == "a2" ? 503 : 200));
        await using var function = new Function(host, endpoint.Url);
        (string, string?, string)[] messages = [.. new[] { "a1", "b1", "a2", "b2", "a3", "b3", "a4" }.Select(id => (id, (string?)id[..1], id))];

        var answer = await function.InvokeAsync(Function.Event("orders.fifo", messages));

        Assert.Equal(Function.Failures("a2", "a3", "a4"), answer.Text);
        var received = endpoint.Requests.Select(request => request.Text).ToList();
        Assert.Equal(["a1", "a2"], received.Where(text => text[0] == 'a'));
        Assert.Equal(["b1", "b2", "b3"], received.Where(text => text[0] == 'b'));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_body_of_any_text_arrives_byte_for_byte(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(host, endpoint.Url);
        var everyEscape = "\" \\ / \b \f \n \r \t \0 \u001f \u007f é ☃ 😀 \u2028 \ufeff \uffff";
        var oneMebibyte = new string('"', 1024 * 1024);

        var answer = await function.InvokeAsync(Function.Event(everyEscape, oneMebibyte));

        Assert.Equal(Function.Failures(), answer.Text);
        Assert.Equal(
            new[] { everyEscape, oneMebibyte }.Select(Encoding.UTF8.GetBytes),
            endpoint.Requests.OrderBy(request => request.Body.Length).Select(request => request.Body));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_body_with_a_lone_surrogate_fails_and_the_rest_of_its_batch_goes_on()
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function("Own", endpoint.Url);

        var answer = await function.InvokeAsync(
            Function.Event("zero", "SURROGATE", "two").Replace("SURROGATE", "x\\ud800y", StringComparison.Ordinal));

        Assert.Equal(Function.Failures("m1"), answer.Text);
        var logged = Assert.Single(await function.LoggedWithBatchAsync("MessageFailed"));
        Assert.Equal("Rejected", logged.GetProperty("outcome").GetString());
        Assert.Equal("the body holds half a surrogate pair and so has no UTF-8 form", logged.GetProperty("reason").GetString());
    }

    public static readonly MatrixTheoryData<string, (string Event, string Why)> NotSqs = new(Hosts.Select(row => row.Data),
    [
        ("""{"detail-type":"Scheduled Event"}""", "it has no array named Records"),
        ("""{"Records":[null]}""", "Records[0] is not an object"),
        ("""{"Records":[{"messageId":"a","eventSource":"aws:sns"}]}""", "Records[0] has another eventSource than aws:sqs"),
    ]);

    [Theory(Timeout = 120_000), MemberData(nameof(NotSqs))]
    public async Task What_is_not_an_SQS_event_is_an_invocation_error_and_the_process_lives(string host, (string Event, string Why) given)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(host, endpoint.Url);

        var refused = await function.InvokeAsync(given.Event);
        var answer = await function.InvokeAsync(Function.Event("one"));

        Assert.Equal("/2018-06-01/runtime/invocation/request-1/error", refused.Path);
        Assert.Equal(
            $"The event is not an SQS event: {given.Why}.",
            JsonDocument.Parse(refused.Body).RootElement.GetProperty("errorMessage").GetString());
        Assert.Equal(Function.Failures(), answer.Text);
        Assert.Single(await function.LoggedWithBatchAsync("InvocationFailed"));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task Every_wrong_setting_is_told_at_once_and_the_process_ends(string host)
    {
        await using var function = new Function(
            host, endpoint: null, ("FORWARD_TIMEOUT", "15"), ("FORWARD_CONCURRENCY", "0"), ("FORWARD_TIMOUT", "a secret"));

        var report = await function.RuntimeApi.AnswerAsync();

        Assert.Equal("/2018-06-01/runtime/init/error", report.Path);
        var message = JsonDocument.Parse(report.Body).RootElement.GetProperty("errorMessage").GetString()!;
        Assert.All(
            ["FORWARD_URL is missing", "FORWARD_TIMEOUT=15 ", "FORWARD_CONCURRENCY=0 ", "FORWARD_TIMOUT is not a setting"],
            fault => Assert.Contains(fault, message));
        Assert.NotEqual(0, await function.Process.ExitAsync());
        Assert.Equal(4, Assert.Single(await function.LoggedAtExitAsync("SettingsRefused")).GetProperty("faults").GetArrayLength());
        Assert.DoesNotContain("a secret", message + function.Process.Output);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task An_endpoint_that_stalls_never_costs_the_deadline(string host)
    {
        await using var endpoint = new StubServer(request => request.Text == "stalls" ? Replies.Stall : Replies.Status(200));
        await using var function = new Function(host, endpoint.Url, ("FORWARD_CONCURRENCY", "3"));
        await function.RuntimeApi.Polled;
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(4);

        // Three lanes at a time: the third stalled message takes the last of them, and what follows is never reached.
        var answer = await function.InvokeAsync(
            Function.Event("quick", "stalls", "quick", "stalls", "quick", "stalls", "late", "late"), lifetime: TimeSpan.FromSeconds(4));

        Assert.True(TimeProvider.System.GetUtcNow() < deadline, "The answer came after Lambda's deadline.");
        Assert.Equal(Function.Failures("m1", "m3", "m5", "m6", "m7"), answer.Text);
        Assert.Equal(
            ["m1 Unavailable Timeout", "m3 Unavailable Timeout", "m5 Unavailable Timeout", "m6 NotAttempted", "m7 NotAttempted"],
            (await function.LoggedWithBatchAsync("MessageFailed")).Select(line =>
                $"{line.GetProperty("messageId")} {line.GetProperty("outcome")}"
                    + (line.TryGetProperty("fault", out var fault) ? $" {fault}" : "")));
        Assert.DoesNotContain(endpoint.Requests, request => request.Text == "late");
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task An_event_of_10_000_messages_works_in_256_MB(string host)
    {
        var received = new ConcurrentDictionary<string, bool>();
        await using var endpoint = new StubServer(request =>
        {
            Assert.True(received.TryAdd(request.Text, true));
            return Replies.Status(200);
        });
        await using var function = new Function(host, endpoint.Url);

        var answer = await function.InvokeAsync(Function.Event(Enumerable.Range(0, 10_000).Select(index => $"message {index}")));

        Assert.Equal(Function.Failures(), answer.Text);
        Assert.Equal(10_000, received.Count);
        Assert.InRange(function.Process.PeakMemory, 0, 256 * 1024 * 1024);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task An_event_of_6_MB_works_in_256_MB(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(host, endpoint.Url);
        var body = string.Concat(Enumerable.Repeat("a line of text\n", 40_000));
        var json = Function.Event(Enumerable.Repeat(body, 9));
        Assert.InRange(Encoding.UTF8.GetByteCount(json), 5_700_000, 6 * 1024 * 1024);

        var answer = await function.InvokeAsync(json);

        Assert.Equal(Function.Failures(), answer.Text);
        Assert.Equal(9, endpoint.Requests.Count(request => request.Text == body));
        Assert.InRange(function.Process.PeakMemory, 0, 256 * 1024 * 1024);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_batch_of_ten_messages_peaks_under_32_MB()
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function("Own", endpoint.Url);

        await function.InvokeAsync(Function.Event(Enumerable.Repeat(new string('x', 1000), 10)));

        Assert.InRange(function.Process.PeakMemory, 0, 32 * 1024 * 1024);
    }

    [Fact(Timeout = 120_000)]
    public async Task Memory_does_not_grow_with_the_number_of_invocations()
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function("Own", endpoint.Url, ("AWS_LAMBDA_LOG_LEVEL", "WARN"));
        for (var each = 0; each < 3_000; each++) await function.InvokeAsync(Function.Event("body"));
        var settled = function.Process.PeakMemory;

        for (var each = 0; each < 6_000; each++) await function.InvokeAsync(Function.Event("body"));

        Assert.InRange(function.Process.PeakMemory - settled, 0, 4 * 1024 * 1024);
        Assert.Equal(1, function.RuntimeApi.Connections);
        Assert.Equal(1, endpoint.Connections);
    }
}
