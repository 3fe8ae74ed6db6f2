using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using Amazon.SQS;
using Amazon.SQS.Model;
using SqsAotLambda.Aws;
using SqsAotLambda.Http;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Aws;

/// <summary>Our calls of SQS beside the same calls of AWS's SDK: what is sent and how it is signed, with random messages.</summary>
public sealed class SqsSdkTests : IAsyncDisposable
{
    private const int Seed = 20261130;
    private const int Runs = 100;
    private const string Region = "eu-west-1";
    private const string Account = "123456789012";

    private static readonly string[] Characters =
        ["a", "Z", "7", " ", "-", ".", "_", "/", "+", "&", "<", "'", "\"", "\\", "\n", "\t", "\u007f", "é", "ß", "東", "\u2028", "\ufffd", "😀"];

    private static readonly string[] Compared = ["Host", "Content-Type", "X-Amz-Target", "X-Amz-Security-Token"];

    private readonly StubSqs sqs = new() { OnCall = Confirm };

    [Fact(Timeout = 60_000)]
    public Task A_copy_is_sent_as_the_SDK_sends_it() => CompareAsync(async (random, ours, sdk, end) =>
    {
        var isFifo = random.Next(2) == 0;
        var message = Given.Message($"id-{random.Next()}", Text(random, 200)) with
        {
            Queue = new($"arn:aws:sqs:{Region}:{Account}:orders{(isFifo ? ".fifo" : "")}"),
            GroupId = isFifo || random.Next(2) == 0 ? Text(random, 20) : null,
            TraceHeader = random.Next(2) == 0 ? $"Root=1-5759e988-bd862e3fe1be46a994272793;Note={Text(random, 20)}" : null,
        };
        var deadLetters = new Uri(sqs.Url, $"{Account}/dead{(isFifo ? ".fifo" : "")}");
        MessageAttribute[] attributes =
            [.. Enumerable.Range(0, random.Next(1, 10)).Select(_ => Attribute(random)).DistinctBy(attribute => attribute.Name)];

        await ours.SendCopyAsync(message, deadLetters, attributes, Deadline.Never);
        await sdk.SendMessageAsync(
            new SendMessageRequest
            {
                QueueUrl = deadLetters.ToString(),
                MessageBody = Encoding.UTF8.GetString(message.Body.Span),
                MessageGroupId = message.GroupId,
                MessageDeduplicationId = isFifo ? message.Id : null,
                MessageAttributes = attributes.ToDictionary(attribute => attribute.Name, ValueOf),
                MessageSystemAttributes = message.TraceHeader is { } trace
                    ? new() { ["AWSTraceHeader"] = new() { DataType = "String", StringValue = trace } }
                    : null,
            },
            end);
    });

    [Fact(Timeout = 60_000)]
    public Task Visibility_is_changed_as_the_SDK_changes_it() => CompareAsync(async (random, ours, sdk, end) =>
    {
        var queue = new Queue($"arn:aws:sqs:{Region}:{Account}:orders");
        Postponement[] postponements =
        [
            .. Enumerable.Range(0, SqsApi.MaxEntries).Select(position => new Postponement(
                Given.Message(position: position) with { Queue = queue, ReceiptHandle = Encoding.UTF8.GetBytes(Text(random, 200)) },
                TimeSpan.FromSeconds(random.Next(43_201)))),
        ];

        Assert.Equal(0, await ours.ChangeVisibilityAsync(postponements, Deadline.Never));
        await sdk.ChangeMessageVisibilityBatchAsync(
            new Uri(sqs.Url, $"{Account}/orders").ToString(),
            [
                .. postponements.Select((postponement, index) => new ChangeMessageVisibilityBatchRequestEntry
                {
                    Id = index.ToString(CultureInfo.InvariantCulture),
                    ReceiptHandle = Encoding.UTF8.GetString(postponement.Message.ReceiptHandle.Span),
                    VisibilityTimeout = (int)postponement.Delay.TotalSeconds,
                }),
            ],
            end);
    });

    public ValueTask DisposeAsync() => sqs.DisposeAsync();

    /// <summary>Does one call with both, again and again, and compares what arrived.</summary>
    private async Task CompareAsync(Func<Random, SqsApi, AmazonSQSClient, CancellationToken, Task> call)
    {
        for (var seed = Seed; seed < Seed + Runs; seed++)
        {
            var random = new Random(seed);
            var credentials = new AwsCredentials($"AKID{random.Next()}", Text(random, 40), random.Next(2) == 0 ? $"token/{random.Next()}+=" : null);
            using var aws = new AwsJson("sqs", "1.0", credentials, TrustStore.Default, TimeProvider.System);
            using var sdk = Sdk(credentials);

            await call(random, new SqsApi(aws.CallAsync, sqs.Url), sdk, TestContext.Current.CancellationToken);

            var (ours, theirs) = (sqs.Calls[^2], sqs.Calls[^1]);
            var what = $"seed {seed}\nours: {HeadOf(ours)}\n{ours.Text}\nSDK: {HeadOf(theirs)}\n{theirs.Text}";
            Assert.True(ours.Connection != theirs.Connection, what);
            Assert.True(HeadOf(ours) == HeadOf(theirs), $"head, {what}");
            using var ourBody = JsonDocument.Parse(ours.Body);
            using var theirBody = JsonDocument.Parse(theirs.Body);
            Assert.True(JsonElement.DeepEquals(ourBody.RootElement, theirBody.RootElement), $"body, {what}");

            Assert.True(AuthorizationBySdk(credentials, ours) == ours.Headers["Authorization"], $"our request, signed by the SDK, {what}");
            Assert.True(AuthorizationByUs(credentials, theirs) == theirs.Headers["Authorization"], $"the SDK's request, signed by us, {what}");
        }
    }

    private AmazonSQSClient Sdk(AwsCredentials credentials) => new(
        credentials.SessionToken is { } token
            ? new SessionAWSCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, token)
            : new BasicAWSCredentials(credentials.AccessKeyId, credentials.SecretAccessKey),
        new AmazonSQSConfig { ServiceURL = sqs.Url.ToString(), AuthenticationRegion = Region, MaxErrorRetry = 0 });

    /// <summary>What must be equal, beside the body.</summary>
    private static string HeadOf(StubRequest request) =>
        $"""
        {request.Method} {request.Path}
        {string.Join('\n', Compared.Select(name => $"{name}: {request.Headers.GetValueOrDefault(name)}"))}
        """;

    /// <summary>What the SDK's signer makes of a request as it arrived; which headers are signed is the request's own choice.</summary>
    private static string AuthorizationBySdk(AwsCredentials credentials, StubRequest request)
    {
        string[] names = [.. SignedHeaders(request)];
        string[] canonical =
        [
            request.Method, request.Path, "", .. names.Select(name => $"{name}:{request.Headers[name]}"), "",
            string.Join(';', names), Convert.ToHexStringLower(SHA256.HashData(request.Body)),
        ];
        return AWS4Signer.ComputeSignature(
            credentials.AccessKeyId, credentials.SecretAccessKey, Region, SignedAt(request).UtcDateTime, "sqs",
            string.Join(';', names), string.Join('\n', canonical)).ForAuthorizationHeader;
    }

    private static string AuthorizationByUs(AwsCredentials credentials, StubRequest request) =>
        new SigV4(credentials, Region, "sqs").Authorization(
            request.Method, request.Path, [], SignedHeaders(request).Select(name => new NameValue(name, request.Headers[name])),
            request.Body, SignedAt(request));

    private static string[] SignedHeaders(StubRequest request) =>
        request.Headers["Authorization"].Split("SignedHeaders=")[1].Split(',')[0].Split(';');

    private static DateTimeOffset SignedAt(StubRequest request) => DateTimeOffset.ParseExact(
        request.Headers["X-Amz-Date"], "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static Reply Confirm(StubRequest request) => request.Headers["X-Amz-Target"] == "AmazonSQS.SendMessage"
        ? Replies.Status(200, """{"MessageId":"copy-1"}""")
        : StubSqs.Succeed(request);

    private static MessageAttribute Attribute(Random random)
    {
        var (name, suffix) = (Text(random, 20), random.Next(3) == 0 ? "." + Text(random, 10) : "");
        return random.Next(3) switch
        {
            0 => new(name, "String" + suffix, Text(random, 100)),
            1 => new(name, "Number" + suffix, $"{random.Next(-1000, 1000)}.{random.Next(1000)}"),
            _ => new(name, "Binary" + suffix, Text: null, Convert.ToBase64String(Bytes(random))),
        };
    }

    private static MessageAttributeValue ValueOf(MessageAttribute attribute) => new()
    {
        DataType = attribute.Type,
        StringValue = attribute.Text,
        BinaryValue = attribute.Base64 is { } base64 ? new MemoryStream(Convert.FromBase64String(base64)) : null,
    };

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(1, 50)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>At least one character.</summary>
    private static string Text(Random random, int length) =>
        string.Concat(Enumerable.Range(0, random.Next(1, length)).Select(_ => Characters[random.Next(Characters.Length)]));
}
