using System.Text.Json;

namespace SqsAotLambda.Tests.Shared;

/// <summary>An SQS that takes visibility changes and messages, and says to each what the test wants.</summary>
internal sealed class StubSqs : IAsyncDisposable
{
    private readonly StubServer server;

    public StubSqs() => server = new(request => OnCall(request));

    public Uri Url => new($"http://127.0.0.1:{server.Port}/");

    public int Connections => server.Connections;

    /// <inheritdoc cref="StubServer.Keeps"/>
    public bool Keeps
    {
        get => server.Keeps;
        set => server.Keeps = value;
    }

    public IReadOnlyList<StubRequest> Calls => server.Requests;

    public IReadOnlyList<JsonElement> Sent => [.. BodiesOf("SendMessage")];

    public IReadOnlyList<JsonElement> VisibilityChanges => [.. BodiesOf("ChangeMessageVisibilityBatch")];

    /// <summary>By default everything succeeds.</summary>
    public Func<StubRequest, Reply> OnCall { get; set; } = Succeed;

    public static Reply Succeed(StubRequest request) => request.Headers["X-Amz-Target"] == "AmazonSQS.SendMessage"
        ? Replies.Status(200, """{"MessageId":"copy-1","MD5OfMessageBody":"0"}""")
        : Replies.Status(
            200, JsonSerializer.Serialize(new { Successful = EntriesOf(request).Select(id => new { Id = id }), Failed = Array.Empty<object>() }));

    public static Reply Refuse(StubRequest _) =>
        Replies.Status(400, """{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"It does not exist."}""");

    public static IEnumerable<string> EntriesOf(StubRequest request) =>
        JsonDocument.Parse(request.Body).RootElement.GetProperty("Entries").EnumerateArray().Select(entry => entry.GetProperty("Id").GetString()!);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private IEnumerable<JsonElement> BodiesOf(string action) =>
        server.Requests.Where(request => request.Headers["X-Amz-Target"] == $"AmazonSQS.{action}")
            .Select(request => JsonDocument.Parse(request.Body).RootElement);
}
