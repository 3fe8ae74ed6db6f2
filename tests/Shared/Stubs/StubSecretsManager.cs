using System.Text.Json;

namespace SqsAotLambda.Tests.Shared;

/// <summary>A Secrets Manager whose secrets are what the test wants.</summary>
internal sealed class StubSecretsManager : IAsyncDisposable
{
    private readonly StubServer server;

    public StubSecretsManager() => server = new(request => OnCall(request));

    public Uri Url => new($"http://127.0.0.1:{server.Port}/");

    public IReadOnlyList<StubRequest> Calls => server.Requests;

    /// <summary>By default there is no secret.</summary>
    public Func<StubRequest, Reply> OnCall { get; set; } = _ => Refuse();

    /// <summary>Of each secret from now on.</summary>
    public string Value { set => OnCall = _ => Secret(value); }

    public static Reply Secret(string value) =>
        Replies.Status(
            200, JsonSerializer.Serialize(new { ARN = "arn", Name = "name", SecretString = value, VersionStages = new[] { "AWSCURRENT" } }));

    public static Reply Refuse() => Replies.Status(400, """{"__type":"ResourceNotFoundException","Message":"Secrets Manager can't find it."}""");

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
