using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>Answers as some servers send them: a sound status line decides, and what is odd behind it costs the connection alone.</summary>
public sealed class OddAnswerTests
{
    /// <summary>Why the connection is not used again; the answer, with a bar for each CRLF; and whether its body can be told.</summary>
    public static TheoryData<string, string, bool> Odd => new()
    {
        { "a length and chunks: which of them ends it?", "HTTP/1.1 200 OK|Content-Length: 2|Transfer-Encoding: chunked||2|ok|0||", false },
        { "chunks and a length", "HTTP/1.1 200 OK|Transfer-Encoding: chunked|Content-Length: 12||2|ok|0||", false },
        { "two lengths: the first or the last?", "HTTP/1.1 200 OK|Content-Length: 2|Content-Length: 1||ok", false },
        { "two equal lengths: one reader refuses them", "HTTP/1.1 200 OK|Content-Length: 2|Content-Length: 2||ok", false },
        { "a list of lengths", "HTTP/1.1 200 OK|Content-Length: 2, 2||ok", false },
        { "a length that is no number", "HTTP/1.1 200 OK|Content-Length: two||ok", false },
        { "a length that is none", "HTTP/1.1 200 OK|Content-Length:||ok", false },
        { "a length with a sign", "HTTP/1.1 200 OK|Content-Length: +2||ok", false },
        { "a length below zero", "HTTP/1.1 200 OK|Content-Length: -2||ok", false },
        { "a length that no number holds", "HTTP/1.1 200 OK|Content-Length: 99999999999999999999||ok", false },
        { "a length beyond what is read", "HTTP/1.1 200 OK|Content-Length: 2147483647||ok", false },
        { "identity, which is no transfer coding", "HTTP/1.1 200 OK|Transfer-Encoding: identity|Content-Length: 2||ok", false },
        { "a coding that is not undone", "HTTP/1.1 200 OK|Transfer-Encoding: gzip, chunked||2|ok|0||", false },
        { "chunks within chunks", "HTTP/1.1 200 OK|Transfer-Encoding: chunked|Transfer-Encoding: chunked||2|ok|0||", false },
        { "a chunk of no size", "HTTP/1.1 200 OK|Transfer-Encoding: chunked||x|ok|0||", false },
        { "a chunk behind a bare LF", "HTTP/1.1 200 OK|Transfer-Encoding: chunked||2\nok\n0\n\n|", false },
        { "space before the colon of a length", "HTTP/1.1 200 OK|Content-Length : 2||ok", false },
        { "a folded length", "HTTP/1.1 200 OK|Content-Length:| 2||ok", false },
        { "a NUL: some readers end there", "HTTP/1.1 200 OK|Server: a\0|Content-Length: 2||ok", false },
        { "a CR: some readers begin a line there", "HTTP/1.1 200 OK|Server: a\rContent-Length: 1|Content-Length: 2||ok", false },
        { "a head of 70 KB", $"HTTP/1.1 200 OK|Content-Length: 2|Large: {new string('x', 70_000)}||ok", false },
        { "a folded header: is it two?", "HTTP/1.1 200 OK|Server: a| Content-Length: 1|Content-Length: 2||ok", true },
        { "a header folded with a tab", "HTTP/1.1 200 OK|Server: a|\tb|Content-Length: 2||ok", true },
        { "space before the first header", "HTTP/1.1 200 OK| Server: a|Content-Length: 2||ok", true },
        { "space before a colon", "HTTP/1.1 200 OK|Server : a|Content-Length: 2||ok", true },
        { "a header without a name", "HTTP/1.1 200 OK|: a|Content-Length: 2||ok", true },
        { "a line without a colon", "HTTP/1.1 200 OK|Server|Content-Length: 2||ok", true },
        { "space within a name", "HTTP/1.1 200 OK|My Server: a|Content-Length: 2||ok", true },
        { "LF for each CRLF", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", true },
        { "LF for one CRLF", "HTTP/1.1 200 OK|Server: a\nContent-Length: 2||ok", true },
        { "chunks of HTTP/1.0", "HTTP/1.0 200 OK|Connection: keep-alive|Transfer-Encoding: chunked||2|ok|0||", true },
        { "an odd interim answer before it", "HTTP/1.1 102 Processing\n\nHTTP/1.1 200 OK|Content-Length: 2||ok", true },
    };

    [Theory(Timeout = 30_000), MemberData(nameof(Odd))]
    public async Task A_message_that_is_accepted_oddly_is_Delivered_and_the_next_goes_over_another_connection(string why, string answer, bool isTold)
    {
        _ = isTold;
        await using var server = new StubServer(request => request.Connection == 1 ? Raw(answer) : Replies.Status(202));
        using var function = Given.Function(Given.Settings(server.Url));

        var (first, second) = (await Given.DeliverAsync(function, Given.Message()), await Given.DeliverAsync(function, Given.Message()));

        Assert.True((first.Outcome, first.Status) == (Outcome.Delivered, 200), $"{why}: {first}");
        Assert.Equal((Outcome.Delivered, 202), (second.Outcome, second.Status));
        Assert.Equal([1, 2], server.Requests.Select(request => request.Connection));
        // The function has closed it.
        while (server.Open > 1) await Task.Yield();
    }

    /// <summary>Such as a call for a secret.</summary>
    [Theory(Timeout = 30_000), MemberData(nameof(Odd))]
    public async Task Who_needs_the_body_gets_it_where_it_can_be_told_and_else_a_fault(string why, string answer, bool isTold)
    {
        await using var server = new StubServer(request => request.Connection == 1 ? Raw(answer) : Replies.Status(200, "next"));
        using var pool = new Http.Pool();

        var first = Http.Pool.FetchAsync(pool.Connections, server);

        if (isTold) Assert.Equal("ok", await first);
        else Assert.True(await Http.Pool.FaultAsync(first) is Fault.Malformed or Fault.Truncated, why);
        Assert.Equal("next", await pool.FetchAsync(server));
        Assert.Equal(2, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_head_that_leaves_a_doubt_is_malformed_to_who_needs_the_body()
    {
        await using var server = new StubServer(_ => Raw("HTTP/1.1 200 OK|Content-Length: 2|Content-Length: 2||ok"));
        using var pool = new Http.Pool();

        var thrown = await Assert.ThrowsAsync<HttpFaultException>(() => pool.FetchAsync(server));

        Assert.Equal((Fault.Malformed, "The response has two Content-Lengths."), (thrown.Fault, thrown.InnerException!.Message));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 429 Slow|Retry-After : 7|Content-Length: 0||")]
    [InlineData("HTTP/1.1 429 Slow|Retry-After:| 7|Content-Length: 0||")]
    [InlineData("HTTP/1.1 429 Slow\nRetry-After: 7\nContent-Length: 0\n\n")]
    [InlineData("HTTP/1.1 429 Slow|Content-Length: 0|Transfer-Encoding: chunked|Retry-After: 7||0||")]
    [InlineData("HTTP/1.1 429 Slow|Server: a\0|Retry-After: 7|Content-Length: 0||")]
    public async Task A_throttling_answer_that_is_odd_tells_how_long_to_wait(string answer) => await AssertThrottledAsync(answer);

    [Fact(Timeout = 30_000)]
    public async Task A_throttling_answer_with_a_head_of_70_KB_tells_how_long_to_wait() =>
        await AssertThrottledAsync($"HTTP/1.1 429 Slow|Retry-After: 7|Large: {new string('x', 70_000)}||");

    /// <summary>What can't be told from the framing is not shown as its reason.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("Content-Length: 2|Content-Length: 1", null)]
    [InlineData("Server : a|Content-Length: 2", "no")]
    public async Task A_rejection_that_is_odd_is_Rejected(string headers, string? response)
    {
        await using var server = new StubServer(_ => Raw($"HTTP/1.1 422 No|{headers}||no"));

        Assert.Equal(new(Outcome.Rejected, 422, Response: response), await Forwarded.ForwardAsync(server.Url));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("Connection: close")]
    [InlineData("Connection: x|Connection: close")]
    [InlineData("Connection: close|Connection: keep-alive")]
    [InlineData("Connection: x , CLOSE,y")]
    [InlineData("connection:,Close")]
    [InlineData("Connection: x,| close")]
    [InlineData("Connection : close")]
    public async Task A_connection_that_is_to_close_is_closed_in_whatever_form_that_is_said(string headers)
    {
        await using var server = new StubServer(_ => Raw($"HTTP/1.1 200 OK|{headers}|Content-Length: 2||ok"));
        using var function = Given.Function(Given.Settings(server.Url));

        for (var message = 0; message < 2; message++) Assert.True((await Given.DeliverAsync(function, Given.Message())).IsDone);

        Assert.Equal([1, 2], server.Requests.Select(request => request.Connection));
    }

    /// <summary>As many as an endpoint sends that says each second that it is at work, in half an hour.</summary>
    [Fact(Timeout = 30_000)]
    public async Task A_message_is_Delivered_behind_any_number_of_interim_answers()
    {
        var interim = string.Concat(Enumerable.Repeat("HTTP/1.1 102 Processing||", 1800));
        await using var server = new StubServer(_ => Raw($"{interim}HTTP/1.1 200 OK|Content-Length: 2||ok"));
        using var function = Given.Function(Given.Settings(server.Url));

        for (var message = 0; message < 2; message++) Assert.True((await Given.DeliverAsync(function, Given.Message())).IsDone);

        Assert.Equal(1, server.Connections);
    }

    private static async Task AssertThrottledAsync(string answer)
    {
        await using var server = new StubServer(_ => Raw(answer));

        Assert.Equal(new(Outcome.Throttled, 429, RetryAfter: TimeSpan.FromSeconds(7)), await Forwarded.ForwardAsync(server.Url));
    }

    private static Reply Raw(string answer) => Replies.Raw(answer.Replace("|", "\r\n", StringComparison.Ordinal));
}
