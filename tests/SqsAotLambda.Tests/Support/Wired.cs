using System.Net;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Tests.Support;

/// <summary>Functions between an endpoint, an SQS, a Secrets Manager and a Parameter Store on sockets.</summary>
internal sealed class Wired : IAsyncDisposable
{
    private readonly MemoryStream log = new();
    private readonly List<Function> functions = [];

    public Wired() => Server = new(_ => Answer);

    public static (string, string) Dead => ("FORWARD_DLQ_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/dead");

    public StubServer Server { get; }

    public StubSqs Sqs { get; } = new();

    public StubSecretsManager Secrets { get; } = new() { Value = "the secret" };

    public StubParameterStore Parameters { get; } = new();

    public FakeTimeProvider Time { get; } = Given.Clock();

    /// <summary>The guards of the connections that were opened.</summary>
    public List<AddressGuard> Dialled { get; } = [];

    /// <summary>Of the endpoint, to each request.</summary>
    public Reply Answer { get; set; } = Replies.Status(200);

    public async ValueTask DisposeAsync()
    {
        functions.ForEach(each => each.Dispose());
        await Server.DisposeAsync();
        await Sqs.DisposeAsync();
        await Secrets.DisposeAsync();
        await Parameters.DisposeAsync();
        await log.DisposeAsync();
    }

    public Task<IEnumerable<string>> HandleAsync(IReadOnlyList<Message> messages, params (string, string)[] settings) =>
        HandleAsync(messages, resolve: null, settings);

    public async Task<IEnumerable<string>> HandleAsync(
        IReadOnlyList<Message> messages, Func<long, ValueTask<IPEndPoint[]?>>? resolve, params (string, string)[] settings) =>
        (await Compose(resolve, settings).HandleAsync(Given.Invocation(messages, Time))).Select(message => message.Id);

    public Function Compose(params (string, string)[] settings) => Compose(resolve: null, settings);

    /// <summary>Every name leads to the endpoint, which a guard does not keep from here.</summary>
    public Function Compose(Func<long, ValueTask<IPEndPoint[]?>>? resolve, (string Name, string Value)[] settings)
    {
        var all = settings.Any(each => each.Name == "AWS_ENDPOINT_URL_SQS") ? settings : [.. settings, ("AWS_ENDPOINT_URL_SQS", Sqs.Url.ToString())];
        Resolve toServer = (_, _, until) => resolve is null ? new([new(IPAddress.Loopback, Server.Port)]) : resolve(until);
        var function = Function.Compose(
            Given.Settings(Server.Url, all),
            new(new JsonLog(log, LogLevel.Info, Time), TestLoop.Here)
            {
                Credentials = new("AKIDEXAMPLE", "secret", SessionToken: null),
                FunctionName = "the-function",
                Resolve = guard =>
                {
                    return (host, port, until) =>
                    {
                        Dialled.Add(guard);
                        return toServer(host, port, until);
                    };
                },
            });
        functions.Add(function);
        return function;
    }

    public JsonElement Event(string name) => Encoding.UTF8.GetString(log.ToArray())
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
        .Last(line => line.GetProperty("message").GetString() == name);
}
