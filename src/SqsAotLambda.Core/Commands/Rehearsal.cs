using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;
using SqsAotLambda.Requests;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Commands;

/// <summary>
/// Delivers messages the whole way but for secrets and the network: it keeps the request that would be sent, with masks in the place
/// of what credentials and signatures set.
/// </summary>
internal sealed class Rehearsal : IDisposable
{
    private readonly string trace;
    private readonly Function function;

    /// <param name="again">Of what is another each time a message is sent, every digit is then another.</param>
    public Rehearsal(FunctionSettings settings, bool again, Loop loop)
    {
        var digit = again ? 'b' : 'a';
        trace = $"Root=1-{new string(digit, 8)}-{new string(digit, 24)};Parent={new string(digit, 16)};Sampled={digit - 'a'}";
        var random = new Still(again ? 0x1bbbbbbbbbbbbbbb : 0x0aaaaaaaaaaaaaaa);
        // What is rehearsed has as many chances and as much time as it likes.
        var unhurried = settings with { RateLimit = null, MaxReceiveCount = null };
        function = Function.Compose(unhurried, new(new(Stream.Null, LogLevel.Fatal, loop.Time), loop) { Random = random }, new()
        {
            Ask = Keep,
            Credential = entry => new MaskedCredential(entry),
            Signature = entry => new MaskedSignature(entry),
            Bury = (_, _, _) => Task.FromResult(false),
            Identify = Believe,
        });
    }

    /// <summary>That of the last message; null when it ends without one.</summary>
    public Request? Request { get; private set; }

    public async Task<Delivery> DeliverAsync(Message message)
    {
        Request = null;
        // Nothing that could take its time is done.
        var closing = new Closing(DateTimeOffset.MaxValue, TimeProvider.System);
        return await function.DeliverAsync(message with { InvocationTraceHeader = trace }, closing, Deadline.Never);
    }

    public void Dispose() => function.Dispose();

    /// <summary>As if each HMAC were right, whatever the key.</summary>
    private static ValueTask<Message> Believe(Message message, Deadline deadline) =>
        new(DeadLetter.FirstLifeOf(message) is { Hmac: null } ? message with { VerifiedId = message.Id } : message);

    private ValueTask<Answer> Keep(Request request, Route route, TimeSpan? again, Deadline deadline)
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
