using System.Text;
using SqsAotLambda.Aws;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>The calls of SQS by which messages are held back, over a socket.</summary>
public sealed class VisibilityCallTests : IAsyncDisposable
{
    private readonly StubSqs sqs = new();
    private readonly AwsJson aws = new("sqs", "1.0", new("AKIDEXAMPLE", "secret", "TOKEN"), TrustStore.None, new(TestLoop.Here), Given.Loop());

    private static readonly Message Whole = Given.Message("id-1") with { ReceiptHandle = "AQEB"u8.ToArray() };

    public async ValueTask DisposeAsync()
    {
        aws.Dispose();
        await sqs.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task Visibility_is_changed_for_ten_messages_a_call()
    {
        var messages = Enumerable.Range(0, 23)
            .Select(
                index =>
                    new Postponement(
                        Whole with { ReceiptHandle = Encoding.UTF8.GetBytes($"h{index}") }, TimeSpan.FromSeconds(index))).ToList();

        await PostponeAsync(messages);

        Assert.Equal([3, 10, 10], sqs.VisibilityChanges.Select(call => call.GetProperty("Entries").GetArrayLength()).Order());
        var first = sqs.VisibilityChanges.Single(call => call.GetRawText().Contains("\"h0\"", StringComparison.Ordinal));
        Assert.Equal($"{sqs.Url}123456789012/orders", first.GetProperty("QueueUrl").GetString());
        Assert.Equal("""{"Id":"1","ReceiptHandle":"h1","VisibilityTimeout":1}""", first.GetProperty("Entries")[1].GetRawText());
    }

    [Fact(Timeout = 30_000)]
    public async Task Entries_that_fail_or_are_not_confirmed_are_told()
    {
        using var output = new MemoryStream();
        sqs.OnCall = _ => Replies.Status(200, """{"Successful":[{"Id":"0"}],"Failed":[{"Id":"1","Code":"InvalidParameterValue"}]}""");

        await PostponeAsync([.. Enumerable.Range(0, 3).Select(_ => new Postponement(Whole, TimeSpan.FromSeconds(30)))], output);

        Assert.Contains(
            "\"message\":\"VisibilityFailed\",\"requestId\":\"request\",\"messages\":2,", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("[]")]
    [InlineData("{\"Successful\":[{},7,null]}")]
    [InlineData("{\"Successful\":{}}")]
    [InlineData("<html>")]
    public async Task Any_other_answer_confirms_nothing_and_breaks_nothing(string answer)
    {
        using var output = new MemoryStream();
        sqs.OnCall = _ => Replies.Status(200, answer);

        await PostponeAsync([new(Whole, TimeSpan.FromSeconds(30))], output);

        Assert.Contains(
            "\"message\":\"VisibilityFailed\",\"requestId\":\"request\",\"messages\":1,", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact(Timeout = 30_000)]
    public async Task Each_message_of_a_batch_of_several_queues_is_held_back_on_its_own()
    {
        var (here, there) = (Given.Orders, new Queue("arn:aws:sqs:us-east-1:123456789012:others"));

        await PostponeAsync(
            [.. new[] { here, there, here }.Select(queue => new Postponement(Whole with { Queue = queue }, TimeSpan.FromSeconds(30)))]);

        Assert.Equal(
            [($"{sqs.Url}123456789012/orders", 2), ($"{sqs.Url}123456789012/others", 1)],
            sqs.VisibilityChanges.Select(call => (call.GetProperty("QueueUrl").GetString(), call.GetProperty("Entries").GetArrayLength())).Order());
    }

    private Task PostponeAsync(IReadOnlyList<Postponement> messages, Stream? output = null)
    {
        var time = Given.Clock();
        return new Visibility(new SqsApi(aws.CallAsync, sqs.Url), new JsonLog(output ?? Stream.Null, LogLevel.Info, time))
            .PostponeAsync(Given.Invocation([], time), messages, Given.Closing(time));
    }
}
