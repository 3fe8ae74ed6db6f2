using System.Text.Json;
using SqsAotLambda.Aws;
using SqsAotLambda.Http;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Aws;

public sealed class SqsApiTests
{
    private static readonly Uri DeadLetterQueue = new("https://sqs.us-east-1.amazonaws.com/123456789012/orders-dlq");

    private readonly List<(Uri Endpoint, string Region, string Target, JsonElement Body)> calls = [];

    [Theory(Timeout = 30_000)]
    [InlineData("aws", "us-east-1", "https://sqs.us-east-1.amazonaws.com/")]
    [InlineData("aws-us-gov", "us-gov-west-1", "https://sqs.us-gov-west-1.amazonaws.com/")]
    [InlineData("aws-cn", "cn-north-1", "https://sqs.cn-north-1.amazonaws.com.cn/")]
    [InlineData("aws-eusc", "eusc-de-east-1", "https://sqs.eusc-de-east-1.amazonaws.eu/")]
    [InlineData("aws-iso", "us-iso-east-1", "https://sqs.us-iso-east-1.c2s.ic.gov/")]
    [InlineData("aws-iso-b", "us-isob-east-1", "https://sqs.us-isob-east-1.sc2s.sgov.gov/")]
    [InlineData("aws-iso-e", "eu-isoe-west-1", "https://sqs.eu-isoe-west-1.cloud.adc-e.uk/")]
    [InlineData("aws-iso-f", "us-isof-south-1", "https://sqs.us-isof-south-1.csp.hci.ic.gov/")]
    public async Task Without_an_override_the_call_goes_to_the_queues_region_and_partition(string partition, string region, string url)
    {
        var message = Given.Message() with { Queue = new($"arn:{partition}:sqs:{region}:123456789012:orders") };

        await ChangeVisibilityAsync(message, """{"Successful":[{"Id":"0"}]}""");

        var (endpoint, called, target, body) = Assert.Single(calls);
        Assert.Equal((new(url), region, "AmazonSQS.ChangeMessageVisibilityBatch"), (endpoint, called, target));
        Assert.Equal($"{url}123456789012/orders", body.GetProperty("QueueUrl").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_copy_goes_by_the_service_of_the_messages_own_queue()
    {
        await SendCopyAsync(Given.Message() with { Queue = new("arn:aws-cn:sqs:cn-north-1:123456789012:orders") }, """{"MessageId":"copy"}""");

        var (endpoint, region, target, body) = Assert.Single(calls);
        Assert.Equal((new("https://sqs.cn-north-1.amazonaws.com.cn/"), "cn-north-1", "AmazonSQS.SendMessage"), (endpoint, region, target));
        Assert.Equal(DeadLetterQueue.ToString(), body.GetProperty("QueueUrl").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_standard_message_with_a_group_keeps_it_and_gets_no_deduplication_id()
    {
        await SendCopyAsync(Given.Message() with { GroupId = "tenant 7" }, """{"MessageId":"copy"}""");

        var copy = Assert.Single(calls).Body;
        Assert.Equal("tenant 7", copy.GetProperty("MessageGroupId").GetString());
        Assert.False(copy.TryGetProperty("MessageDeduplicationId", out _));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{"Successful":[{"Id":"0"}],"\ud800 is half a pair":1}""")]
    [InlineData("""{"Successful":[{"Id":"0","\ud800":1}]}""")]
    [InlineData("""{"Successful":[{"Id":"\ud800"}]}""")]
    [InlineData("""{"Successful":[{"Id":0}]}""")]
    [InlineData("""{"Successful":[],"Failed":[]}""")]
    [InlineData("""{"Successful":[{"Id":"0"}],"Failed":[{"Id":"0"}]}""")]
    [InlineData("""{"Successful":[{"Id":"1"},{"Id":"00"},{"Id":" 0"}]}""")]
    [InlineData("""{"Successful":[{"Id":"\u0030"}]}""", 0)]
    [InlineData("""{"Successful":[{"Id":"0"},{"Id":"0"}],"Failed":null}""", 0)]
    [InlineData("""{"Successful":[{"Id":"0"}]}""", 0)]
    public async Task What_is_not_clearly_confirmed_is_not_confirmed(string answer, int refused = 1) =>
        Assert.Equal(refused, await ChangeVisibilityAsync(Given.Message(), answer));

    [Theory(Timeout = 30_000)]
    [InlineData("""{"MessageId":"copy","\ud800 is half a pair":1}""")]
    [InlineData("""{"MessageId":7}""")]
    [InlineData("""{"MessageId":{}}""")]
    [InlineData("""{"MessageId":""}""")]
    [InlineData("""{"MessageId":" "}""")]
    [InlineData("""{"MessageId":"\ud800"}""")]
    [InlineData("""{"MessageId":"copy\udc00"}""")]
    public async Task A_copy_that_is_not_clearly_confirmed_is_none(string answer) =>
        await Assert.ThrowsAsync<AwsException>(() => SendCopyAsync(Given.Message(), answer));

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("arn:aws:sqs:evil.test/x:123456789012:q")]
    [InlineData("arn:aws:sqs:us-east-1://[:q")]
    [InlineData("arn:aws:sqs:us-east-1:1:q")]
    public async Task No_call_is_about_an_unknown_queue(string arn)
    {
        var message = Given.Message() with { Queue = new(arn) };

        await Assert.ThrowsAsync<AwsException>(() => SendCopyAsync(message, """{"MessageId":"copy"}"""));
        await Assert.ThrowsAsync<AwsException>(() => ChangeVisibilityAsync(message, "{}"));

        Assert.Empty(calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_receipt_handle_that_is_no_UTF_8_holds_up_no_other()
    {
        Postponement[] messages =
        [
            new(Given.Message() with { ReceiptHandle = new byte[] { 0xFF } }, TimeSpan.Zero),
            new(Given.Message(), TimeSpan.Zero),
        ];

        var refused = await Api("""{"Successful":[{"Id":"1"}]}""").ChangeVisibilityAsync(messages, Deadline.Never);

        Assert.Equal((1, 1), (refused, Assert.Single(calls).Body.GetProperty("Entries").GetArrayLength()));
    }

    private Task<int> ChangeVisibilityAsync(Message message, string answer) =>
        Api(answer).ChangeVisibilityAsync([new(message, TimeSpan.FromSeconds(30))], Deadline.Never);

    private Task SendCopyAsync(Message message, string answer) =>
        Api(answer).SendCopyAsync(message, DeadLetterQueue, message.Attributes, Deadline.Never);

    private SqsApi Api(string answer) => new(
        (endpoint, region, target, body, _) =>
        {
            calls.Add((endpoint, region, target, JsonDocument.Parse(body).RootElement.Clone()));
            return Task.FromResult(JsonDocument.Parse(answer));
        },
        endpoint: null);
}
