using System.Text.Json;

namespace SqsAotLambda.Tests.Shared;

/// <summary>A Parameter Store whose parameters are what the test wants.</summary>
internal sealed class StubParameterStore : IAsyncDisposable
{
    private readonly StubServer server;

    public StubParameterStore() => server = new(request => OnCall(request));

    public Uri Url => new($"http://127.0.0.1:{server.Port}/");

    public IReadOnlyList<StubRequest> Calls => server.Requests;

    /// <summary>By default there is no parameter.</summary>
    public Func<StubRequest, Reply> OnCall { get; set; } = _ => Refuse();

    /// <summary>Of each parameter from now on.</summary>
    public string Value { set => OnCall = _ => Parameter(value); }

    public static Reply Parameter(string value, string type = "SecureString") =>
        Replies.Status(
            200, JsonSerializer.Serialize(new { Parameter = new { ARN = "arn", Name = "name", Type = type, Value = value, Version = 1 } }));

    public static Reply Refuse() => Replies.Status(400, """{"__type":"ParameterNotFound","message":"There is none."}""");

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
