using System.Text.Json;

namespace SqsAotLambda.EndToEnd;

/// <summary>A standard output that nobody reads costs lines, and nothing else.</summary>
public sealed class OutputTests
{
    /// <summary>As a shell has it: a pipe that nobody empties, one whose reader has ended, a full disk, and none at all.</summary>
    public static readonly TheoryData<string> Outputs = ["> >(exec sleep 600)", "> >(exec true)", "> /dev/full", ">&-"];

    [Theory(Timeout = 60_000), MemberData(nameof(Outputs))]
    public async Task Every_batch_is_answered_whatever_becomes_of_its_lines(string redirection)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(500));
        await using var function = new Function("Own", endpoint.Url, redirection, ("FORWARD_BREAKER", "off"), ("FORWARD_CONCURRENCY", "50"));

        for (var batch = 0; batch < 3; batch++)
        {
            var answer = await function.InvokeAsync(Function.Event(Enumerable.Repeat("a body", 1000)));

            Assert.Equal(Function.Failures(Enumerable.Range(0, 1000).Select(index => $"m{index}")), answer.Text);
        }

        // Nothing that was meant for the output went over a connection in its place.
        Assert.All(endpoint.Requests, request => Assert.Equal("a body", request.Text));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_number_of_a_closed_output_becomes_no_descriptor_that_the_function_waits_on()
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function("Own", endpoint.Url, ">&-");

        await function.InvokeAsync(Function.Event("a body"));

        Assert.Equal("/dev/null", function.Process.OutputTarget);
    }

    [Fact(Timeout = 60_000)]
    public async Task When_somebody_reads_again_a_line_tells_how_many_were_lost()
    {
        var pipe = Path.Combine(Directory.CreateTempSubdirectory().FullName, "output");
        await using var making = new ChildProcess("/usr/bin/mkfifo", [pipe], []);
        Assert.Equal(0, await making.ExitAsync());
        await using var endpoint = new StubServer(_ => Replies.Status(500));
        await using var function = new Function("Own", endpoint.Url, $"> '{pipe}'", ("FORWARD_BREAKER", "off"));
        using var reader = new StreamReader(new FileStream(pipe, FileMode.Open, FileAccess.Read));
        for (var batch = 0; batch < 5; batch++) await function.InvokeAsync(Function.Event(Enumerable.Repeat("a body", 200)));

        // As much as the pipe holds; then the next lines find room.
        var lines = new List<string>();
        for (var bytes = 0; bytes < 60_000; bytes += lines[^1].Length) lines.Add(
            (await reader.ReadLineAsync(TestContext.Current.CancellationToken))!);
        await function.InvokeAsync(Function.Event("one"));
        while (!lines[^1].Contains("\"LinesLost\"", StringComparison.Ordinal)) lines.Add(
            (await reader.ReadLineAsync(TestContext.Current.CancellationToken))!);

        using var lost = JsonDocument.Parse(lines[^1]);
        Assert.InRange(lost.RootElement.GetProperty("lines").GetInt32(), 1, 520);
        // One line may have been cut; the next begins anew.
        Assert.InRange(lines.Count(line => !line.EndsWith('}')), 0, 1);
        Directory.Delete(Path.GetDirectoryName(pipe)!, recursive: true);
    }
}
