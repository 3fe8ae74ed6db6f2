using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Requests;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Commands;

/// <summary>
/// Delivers messages the whole way but for secrets and the network: it keeps the request that would be sent, with masks in the place
/// of what credentials and signatures set.
/// </summary>
internal sealed class Rehearsal
{
    private readonly string trace;
    private readonly Deliverer deliverer;

    /// <param name="again">Of what is another each time a message is sent, every digit is then another.</param>
    public Rehearsal(FunctionSettings settings, bool again, TimeProvider time)
    {
        var digit = again ? 'b' : 'a';
        trace = $"Root=1-{new string(digit, 8)}-{new string(digit, 24)};Parent={new string(digit, 16)};Sampled={digit - 'a'}";
        var random = new Still(again ? 0x1bbbbbbbbbbbbbbb : 0x0aaaaaaaaaaaaaaa);
        var endpoints = settings.Routes
            .Select(route => new Endpoint(
                route,
                new Breaker(on: false, time),
                new Concurrency(settings.Concurrency),
                route.Auth is { } auth ? new MaskedCredential(settings.Auth.Credentials[auth]) : null,
                route.Sign is { } sign ? new MaskedSignature(settings.Auth.Signatures[sign]) : null))
            .ToList();
        var forwarder = new Forwarder(Keep, Keep, new RequestBuilder(settings.Requests, random));
        deliverer = new Deliverer(
            endpoints,
            forwarder.ForwardAsync,
            (_, _, _) => Task.FromResult(false),
            rate: null,
            maxReceiveCount: null,
            settings.RedriveKey is null ? null : Believe);
    }

    /// <summary>That of the last message; null when it ends without one.</summary>
    public Request? Request { get; private set; }

    public async Task<Delivery> DeliverAsync(Message message)
    {
        Request = null;
        // Nothing that could take its time is done.
        var closing = new Closing(DateTimeOffset.MaxValue, TimeProvider.System);
        return await deliverer.DeliverAsync(message with { InvocationTraceHeader = trace }, closing, Deadline.Never);
    }

    /// <summary>As if each HMAC were right, whatever the key.</summary>
    private static ValueTask<Message> Believe(Message message, Deadline deadline) =>
        new(DeadLetter.FirstLifeOf(message) is { Hmac: null } ? message with { VerifiedId = message.Id } : message);

    private ValueTask<Answer> Keep(Request request, Route route, Deadline deadline)
    {
        Request = request;
        return new(new Answer(200));
    }

    /// <summary>Chance that is always the same.</summary>
    private sealed class Still(long number) : Random
    {
        public override long NextInt64(long minValue, long maxValue) => number;
    }
}
