using SqsAotLambda.Aws;
using SqsAotLambda.Credentials;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Requests;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;

namespace SqsAotLambda;

/// <summary>
/// The diagram of the function: which part uses which, and which setting goes where. Whoever runs it has it from <see cref="Compose"/>: the
/// hosts, explain, and the tests.
/// </summary>
internal sealed class Function : IDisposable
{
    private readonly BatchHandler handler;
    private readonly Deliverer deliverer;
    private readonly Keyring keyring;
    private readonly ConnectionPool connections;
    private readonly Uri? preconnected;
    private readonly List<IDisposable> owned;

    private Function(
        BatchHandler handler, Deliverer deliverer, Keyring keyring, ConnectionPool connections, Uri? preconnected, List<IDisposable> owned) =>
        (this.handler, this.deliverer, this.keyring, this.connections, this.preconnected, this.owned) =
            (handler, deliverer, keyring, connections, preconnected, owned);

    /// <param name="instead">Null: every part is the real one.</param>
    public static Function Compose(FunctionSettings settings, Surroundings around, Substitutes? instead = null)
    {
        instead ??= Substitutes.None;
        var guard = new AddressGuard(settings.AllowLoopback);
        var budget = new ConnectionBudget(around.Loop);
        var connections = Connections(settings, guard, budget, around);
        // A connection opened to a private address must not be reused for a request that may only go to public ones.
        var guarded = Connections(settings, guard.WithoutPrivate, budget, around);
        var keyring = KeyringOf(settings, connections, budget, around, instead);
        var endpoints = instead.Endpoints ?? [.. settings.Routes.Select(route => EndpointOf(route, settings, keyring, around, instead))];

        var aws = new AwsJson("sqs", "1.0", around.Credentials, around.Tls, budget, around.Loop, SqsApi.MaxAnswer);
        var sqs = new SqsApi(instead.Sqs ?? aws.CallAsync, settings.SqsEndpoint);
        var deadLetters = new DeadLetters(sqs, settings.DeadLetterQueue, around.Loop, around.Log, keyring.RedriveSeal);
        var rate = instead.RateLimit ?? (settings.RateLimit is { } perSecond ? new RateLimit(perSecond, around.Loop) : null);
        var requests = new RequestBuilder(settings.Requests, around.Random);
        var sender = new Sender(
            instead.Ask ?? Sender.Over(connections, around.Loop.Time), instead.Ask ?? Sender.Over(guarded, around.Loop.Time), requests, rate);
        var deliverer = new Deliverer(
            endpoints,
            instead.Send ?? sender.SendAsync,
            instead.Bury ?? deadLetters.BuryAsync,
            rate,
            settings.MaxReceiveCount,
            around.Loop,
            requests.OriginOf,
            settings.RedriveKey is null ? null : instead.Identify ?? keyring.RedriveSeal!.IdentifyAsync);
        var handler = new BatchHandler(
            endpoints,
            deliverer,
            Math.Min(settings.Concurrency, budget.MostRequests),
            settings.GroupConcurrency,
            settings.Backoff,
            instead.Postpone ?? new Visibility(sqs, around.Log).PostponeAsync,
            instead.WriteAnswer ?? (failed => BatchResponse.ToJson(failed)),
            around.Loop,
            around.Random.NextDouble,
            new BatchReport(around.Log, around.FunctionName, settings.MaxReceiveCount, around.Loop.Time));
        var preconnected = settings is { Preconnect: true, Routes: [.., { MessageRule: null, Url.Start: { } url }] } ? url : null;
        return new(handler, deliverer, keyring, connections, preconnected, [connections, guarded, keyring, aws]);
    }

    /// <summary>
    /// Fetches secrets and opens the first connection, before the first batch. Whatever fails is told, and tried again when it is needed.
    /// </summary>
    public async Task PrepareAsync()
    {
        await keyring.PrefetchAsync();
        if (preconnected is not null) await connections.PreconnectAsync(preconnected);
    }

    /// <inheritdoc cref="BatchHandler.HandleAsync"/>
    public Task<IReadOnlyList<Message>> HandleAsync(Batch batch) => handler.HandleAsync(batch);

    /// <inheritdoc cref="Deliverer.DeliverAsync"/>
    public ValueTask<Delivery> DeliverAsync(Message message, Closing closing, Deadline deadline) =>
        deliverer.DeliverAsync(message, closing, deadline);

    public void Dispose() => owned.ForEach(each => each.Dispose());

    private static ConnectionPool Connections(FunctionSettings settings, AddressGuard guard, ConnectionBudget budget, Surroundings around) =>
        new(new Connector(around.Resolve(guard), around.Tls, settings.ConnectTimeout, Sender.MaxBody, around.Loop), budget, around.Loop);

    private static Keyring KeyringOf(
        FunctionSettings settings, ConnectionPool connections, ConnectionBudget budget, Surroundings around, Substitutes instead) =>
        settings is { Auth.IsEmpty: true, RedriveKey: null } || instead.Credential is not null ? Keyring.Empty : new(
            settings.Auth,
            settings.SecretsManagerEndpoint,
            settings.ParameterStoreEndpoint,
            connections,
            around.Credentials,
            around.Tls,
            budget,
            around.Loop,
            around.Log,
            settings.RedriveKey);

    private static Endpoint EndpointOf(Route route, FunctionSettings settings, Keyring keyring, Surroundings around, Substitutes instead) => new(
        route,
        () => new(settings.Breaker, around.Loop),
        new Pace(settings.Pace, around.Loop),
        new Suspicion(settings.Suspect),
        route.Auth is null ? null : instead.Credential?.Invoke(settings.Auth.Credentials[route.Auth]) ?? keyring.Credentials[route.Auth],
        route.Sign is null ? null : instead.Signature?.Invoke(settings.Auth.Signatures[route.Sign]) ?? keyring.Signatures[route.Sign]);
}
