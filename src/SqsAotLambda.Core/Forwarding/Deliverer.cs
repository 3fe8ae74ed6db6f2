using System.Runtime.CompilerServices;
using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Requests;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Copies a message to the dead-letter queue, with the reason.</summary>
/// <returns>True when SQS confirmed the copy.</returns>
internal delegate Task<bool> Bury(Message message, Delivery delivery, Closing closing);

/// <summary>Gives a message that was redriven its first id, before it is sent.</summary>
/// <exception cref="CredentialException">It could not be verified.</exception>
/// <exception cref="OutOfTimeException">The deadline passed first.</exception>
internal delegate ValueTask<Message> Identify(Message message, Deadline deadline);

/// <summary>
/// Stage 5 of the path of a message: brings it as far as it can be brought now, to the endpoint of its route, else, if it has no other chance, to
/// the dead letters.
/// </summary>
/// <param name="endpoints">The first whose route takes the message is its endpoint.</param>
/// <param name="rate">Null: no limit.</param>
/// <param name="maxReceiveCount">Null: not known, and no receive counts as the last.</param>
/// <param name="originOf">Where a message says that its request goes; null: it says nothing.</param>
/// <param name="identify">Null: each is what it says it is.</param>
internal sealed class Deliverer(
    IReadOnlyList<Endpoint> endpoints,
    Send send,
    Bury bury,
    RateLimit? rate,
    int? maxReceiveCount,
    Loop loop,
    Func<Route, Message, Origin?>? originOf = null,
    Identify? identify = null)
{
    /// <summary>It throws nothing: whatever happens is an outcome of the message.</summary>
    /// <param name="decided">Its endpoint, where it was decided before; null: it is decided here.</param>
    // Pooled: measured by AllocationTests, as it is in BatchHandler.
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<Delivery> DeliverAsync(Message message, Closing closing, Deadline deadline, Endpoint? decided = null)
    {
        var endpoint = decided;
        Delivery? delivery;
        try
        {
            Delivery? fault = null;
            if (identify is not null && message.Attribute(DeadLetter.AttributeName) is not null)
                (message, fault) = await IdentifyAsync(identify, message, deadline);
            delivery = Settle(message, deadline, ref endpoint) ?? (
                fault is null ? await SendAsync(endpoint!, message, deadline) : fault with { Endpoint = endpoint });
        }
        catch (OutOfTimeException)
        {
            delivery = new(Outcome.NotAttempted, Hold: Hold.Time, Endpoint: endpoint);
        }
        // What nobody foresaw is this message's failure, and no other's.
        catch (Exception e)
        {
            delivery = new(Outcome.Unavailable, Fault: Fault.Internal, Endpoint: endpoint, Bug: e);
        }

        // What only lacks a turn of the rate limit has not failed: SQS's own redrive decides.
        var isDead = delivery.Outcome is Outcome.Rejected || (IsLastReceive(message) && delivery.Hold is not Hold.Rate);
        return delivery.IsDone || !isDead ? delivery : await BuryAsync(message, delivery, closing);
    }

    /// <summary>Sends it, once the breaker and the endpoint's pace let it go.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Delivery> SendAsync(Endpoint endpoint, Message message, Deadline deadline)
    {
        if (originOf?.Invoke(endpoint.Route, message) is { } origin) endpoint = endpoint.At(origin);
        var (breaker, isLast, until) = (endpoint.Breaker, IsLastReceive(message), deadline.At - endpoint.Route.Timeout);
        while (true)
        {
            var admission = await AdmitAsync(breaker, isLast, until, deadline);
            if (admission is not (Admission.Yes or Admission.Probe))
                return NotAttempted(admission is Admission.No ? Hold.Breaker : Hold.Pause);

            var delivery = Delivery.NotReached;
            var isPaced = endpoint.Pace.IsOn;
            try
            {
                if (await TurnAsync(endpoint, isLast, deadline) is not Hold.None and var hold) return NotAttempted(hold) with { IsPaced = isPaced };
                // The breaker may have opened in the meantime.
                if (admission is Admission.Yes) admission = breaker.Admit(isLast, until);
                if (admission is not (Admission.Yes or Admission.Probe)) continue;

                var patience = isLast ? Patience.Always : admission is Admission.Probe ? Patience.None : Patience.Usual;
                delivery = endpoint.Record(await send(endpoint, message, deadline with { Patience = patience }), isLast);
            }
            finally
            {
                breaker.Record(admission, delivery);
            }

            // Nothing was sent: it has time for another pause.
            if (delivery.Fault is Fault.Connect && breaker.MayWait(until)) continue;

            return isPaced ? delivery with { IsPaced = true } : delivery;
        }

        Delivery NotAttempted(Hold hold) => new(Outcome.NotAttempted, Hold: hold, Endpoint: endpoint);
    }

    /// <summary>Asks the breaker, and waits out a pause that ends in time for a request.</summary>
    /// <param name="until">As <see cref="Breaker.Admit"/> has it.</param>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<Admission> AdmitAsync(Breaker breaker, bool isLast, DateTimeOffset until, Deadline deadline)
    {
        var admission = breaker.Admit(isLast, until);
        while (admission is Admission.Wait)
        {
            admission = await deadline.WithoutSlotAsync(breaker.ChangeAsync(isLast, until));
            if (admission is Admission.Wait) admission = breaker.Admit(isLast, until);
        }

        return admission;
    }

    /// <summary>Waits for its turn by the endpoint's pace, then by the rate limit.</summary>
    /// <returns>What it lacks a turn of; none: it has one, or on the last receive goes without.</returns>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Hold> TurnAsync(Endpoint endpoint, bool isLast, Deadline deadline)
    {
        if (endpoint.Pace.IsOn)
        {
            var until = loop.After(isLast ? deadline.Remaining - endpoint.Route.Timeout : deadline.Remaining);
            if (!await deadline.WithoutSlotAsync(endpoint.Pace.TurnAsync(isLast, until)) && !isLast) return Hold.Pace;
        }

        // A slot that was lent may have come back late.
        if (deadline.HasPassed) return Hold.Time;
        return rate is null || await rate.WaitAsync(deadline) ? Hold.None : Hold.Rate;
    }

    private async Task<Delivery> BuryAsync(Message message, Delivery delivery, Closing closing)
    {
        try
        {
            return delivery with { DeadLettered = await bury(message, delivery, closing) };
        }
        catch (Exception e)
        {
            return delivery with { Bug = e };
        }
    }

    public bool IsLastReceive(Message message) => message.ReceiveCount >= maxReceiveCount;

    /// <summary>That of the first route that takes the message; null when none does, or the deadline passes before one is found.</summary>
    public Endpoint? EndpointOf(Message message, Deadline deadline)
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Route.When.Holds(message)) return endpoint;
            // Conditions on a large body take their time.
            if (deadline.HasPassed) return null;
        }

        return null;
    }

    /// <summary>
    /// The message with its first id; or as it is, and why it can't be sent. No breaker counts that: it is no fault of an endpoint's.
    /// </summary>
    private static async ValueTask<(Message Message, Delivery? Fault)> IdentifyAsync(Identify identify, Message message, Deadline deadline)
    {
        try
        {
            return (await identify(message, deadline), null);
        }
        catch (CredentialException e)
        {
            return (message, new(Outcome.EndpointFault, Fault: Fault.Credential, Why: e.Message));
        }
        catch (OutOfTimeException)
        {
            // The caller sees the deadline by itself.
            return (message, null);
        }
    }

    /// <summary>What can be said without a request; null when one is to be sent.</summary>
    private Delivery? Settle(Message message, Deadline deadline, ref Endpoint? endpoint)
    {
        if (message.Defect is { } defect) return new(Outcome.Rejected, Why: defect);
        if (ExtendedPayload.IsIn(message)) return new(Outcome.Rejected, Why: "the body is a pointer of the SQS Extended Client Library to S3");

        endpoint ??= EndpointOf(message, deadline);
        if (deadline.HasPassed) return new(Outcome.NotAttempted, Hold: Hold.Time, Endpoint: endpoint);
        if (endpoint is null) return new(Outcome.Rejected, Why: "no route takes the message");
        return endpoint.Route.IsDropped ? new(Outcome.Dropped, Endpoint: endpoint) : null;
    }
}
