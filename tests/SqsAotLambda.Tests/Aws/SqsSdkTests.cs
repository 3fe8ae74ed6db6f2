using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;
using Amazon.SQS;
using Amazon.SQS.Model;
using CsCheck;
using SqsAotLambda.Aws;
using SqsAotLambda.Http;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Aws;

/// <summary>Our calls of SQS beside the same calls of AWS's SDK: what is sent and how it is signed, with random messages.</summary>
public sealed class SqsSdkTests : IAsyncDisposable
{
    private const int Runs = 100;
    private const string Region = "eu-west-1";
    private const string Account = "123456789012";

    private static readonly string[] Characters =
        ["a", "Z", "7", " ", "-", ".", "_", "/", "+", "&", "<", "'", "\"", "\\", "\n", "\t", "\u007f", "é", "ß", "東", "\u2028", "\ufffd", "😀"];

    private static readonly string[] Compared = ["Host", "Content-Type", "X-Amz-Target", "X-Amz-Security-Token"];

    private readonly StubSqs sqs = new() { OnCall = Confirm };

    private static readonly Gen<AwsCredentials> AnyCredentials = Gen.Select(
        Gen.Int.Positive, Text(40), Gen.Int.Positive.Select(value => $"token/{value}+=").Null(0.5), (id, key, token) =>
            new AwsCredentials($"AKID{id}", key, token));

    private static readonly Gen<MessageAttribute> AnyAttribute = Gen.Select(
        Text(20), Gen.Frequency((2, Gen.Const("")), (1, Text(10).Select(text => "." + text))), AnyValue(), (name, suffix, value) =>
            new MessageAttribute(name, value.Type + suffix, value.Text, value.Base64));

    [Fact(Timeout = 60_000)]
    public Task A_copy_is_sent_as_the_SDK_sends_it() => CompareAsync(AnyCopy(), async (copy, ours, sdk, end) =>
    {
        var (isFifo, message, attributes) = copy;
        var deadLetters = new Uri(sqs.Url, $"{Account}/dead{(isFifo ? ".fifo" : "")}");

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
    }, copy => copy.ToString());

    [Fact(Timeout = 60_000)]
    public Task Visibility_is_changed_as_the_SDK_changes_it() => CompareAsync(AnyPostponements(), async (postponements, ours, sdk, end) =>
    {
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
    }, all => string.Join(", ", all.Select(each => $"{Shown.Text(Encoding.UTF8.GetString(each.Message.ReceiptHandle.Span))} in {each.Delay}")));

    public ValueTask DisposeAsync() => sqs.DisposeAsync();

    /// <summary>Does one call with both, again and again, and compares what arrived.</summary>
    private Task CompareAsync<T>(Gen<T> inputs, Func<T, SqsApi, AmazonSQSClient, CancellationToken, Task> call, Func<T, string> print) =>
        Property.HoldsAsync(
            Gen.Select(AnyCredentials, inputs),
            Runs,
            async input =>
            {
                var (credentials, given) = input;
                using var aws = new AwsJson("sqs", "1.0", credentials, TrustStore.None, new(TestLoop.Here), TestLoop.Here);
                using var sdk = Sdk(credentials);

                await call(given, new SqsApi(aws.CallAsync, sqs.Url), sdk, TestContext.Current.CancellationToken);

                var (ours, theirs) = (sqs.Calls[^2], sqs.Calls[^1]);
                Assert.NotEqual(ours.Connection, theirs.Connection);
                Assert.Equal(HeadOf(theirs), HeadOf(ours));
                using var ourBody = JsonDocument.Parse(ours.Body);
                using var theirBody = JsonDocument.Parse(theirs.Body);
                Assert.True(JsonElement.DeepEquals(ourBody.RootElement, theirBody.RootElement), $"ours: {ours.Text}\nSDK: {theirs.Text}");

                // Our request, signed by the SDK, and the SDK's, signed by us.
                Assert.Equal(AuthorizationBySdk(credentials, ours), ours.Headers["Authorization"]);
                Assert.Equal(theirs.Headers["Authorization"], AuthorizationByUs(credentials, theirs));
            },
            input => $"{print(input.Item2)}, by {input.Item1.AccessKeyId}, {Shown.Text(input.Item1.SecretAccessKey)}, {input.Item1.SessionToken}");

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

    private static Gen<Copy> AnyCopy() => Gen.Select(
        Gen.Bool,
        Gen.Int.Positive,
        Text(200),
        Text(20).Null(0.5),
        Text(20).Null(0.5),
        AnyAttribute.Array[1, 9],
        (isFifo, id, body, group, note, attributes) => new Copy(
            isFifo,
            Given.Message($"id-{id}", body) with
            {
                Queue = new($"arn:aws:sqs:{Region}:{Account}:orders{(isFifo ? ".fifo" : "")}"),
                GroupId = isFifo ? group ?? "g" : group,
                TraceHeader = note is null ? null : $"Root=1-5759e988-bd862e3fe1be46a994272793;Note={note}",
            },
            [.. attributes.DistinctBy(attribute => attribute.Name)]));

    private static Gen<Postponement[]> AnyPostponements()
    {
        var queue = new Queue($"arn:aws:sqs:{Region}:{Account}:orders");
        return Gen.Select(Text(200), Gen.Int[0, 43_200]).Array[SqsApi.MaxEntries].Select(all => all.Select((each, position) => new Postponement(
            Given.Message(position: position) with { Queue = queue, ReceiptHandle = Encoding.UTF8.GetBytes(each.Item1) },
            TimeSpan.FromSeconds(each.Item2))).ToArray());
    }

    private static Gen<(string Type, string? Text, string? Base64)> AnyValue() => Gen.OneOf(
        Text(100).Select(text => ("String", (string?)text, (string?)null)),
        Gen.Select(Gen.Int[-1000, 999], Gen.Int[0, 999], (whole, part) => ("Number", (string?)$"{whole}.{part}", (string?)null)),
        Gen.Byte.Array[1, 49].Select(bytes => ("Binary", (string?)null, (string?)Convert.ToBase64String(bytes))));

    private static MessageAttributeValue ValueOf(MessageAttribute attribute) => new()
    {
        DataType = attribute.Type,
        StringValue = attribute.Text,
        BinaryValue = attribute.Base64 is { } base64 ? new MemoryStream(Convert.FromBase64String(base64)) : null,
    };

    /// <summary>At least one character.</summary>
    private static Gen<string> Text(int length) => Gen.OneOf(Characters).Array[1, length - 1].Select(string.Concat);

    private sealed record Copy(bool IsFifo, SqsAotLambda.Sqs.Message Message, MessageAttribute[] Attributes)
    {
        public override string ToString() => Shown.Text(
            $"{Encoding.UTF8.GetString(Message.Body.Span)}, {(IsFifo ? "FIFO, " : "")}group {Message.GroupId}, trace {Message.TraceHeader}, "
                + string.Join<MessageAttribute>(", ", Attributes));
    }
}
