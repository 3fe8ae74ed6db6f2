using System.Globalization;
using Amazon.SQS.Model;

namespace SqsAotLambda.Local;

/// <summary>The account of every message: received, arrived at the endpoint, accepted, deleted, dead-lettered.</summary>
/// <param name="samples">What is sent, in a run; empty when other clients send.</param>
/// <param name="seesArrivals">Whether the built-in endpoint is used; without it a deleted message counts as delivered.</param>
/// <param name="knowsRoutes">Whether the samples go by the runner's own routes; without them what arrives is not compared.</param>
internal sealed class Ledger(IReadOnlyList<Sample> samples, bool seesArrivals, bool knowsRoutes = false)
{
    private const string Redriven = "redriven by SQS";

    private readonly Lock gate = new();
    private readonly Dictionary<string, Sample> samplesByBody = samples.ToDictionary(sample => sample.Body);
    private readonly Dictionary<string, Account> accounts = [];
    private readonly HashSet<string> deadLetters = [];
    private readonly Dictionary<string, int> newestAccepted = [];

    public int Sent { get; private set; }
    public int Delivered { get; private set; }
    public int Retried { get; private set; }
    public int UnconfirmedDeletes { get; private set; }

    /// <summary>Requests that met an endpoint under pressure, and were not accepted for that.</summary>
    public int TurnedAway { get; private set; }

    /// <summary>Requests whose signature was right, and those where it was wrong or missing.</summary>
    public (int Verified, int Failed) Signatures { get; private set; }

    public int Groups => newestAccepted.Count;

    /// <summary>Messages that have left the queue by being deleted.</summary>
    public int DeletedCount { get; private set; }

    /// <summary>What arrived, or was dead-lettered, otherwise than it was sent; the first one tells what it was.</summary>
    public int Mismatches { get; private set; }

    public string? FirstMismatch { get; private set; }

    public string? OrderViolation { get; private set; }

    /// <summary>How often a message was delivered or dead-lettered that already was one or the other, but for those of the runner's making.</summary>
    public int Duplicates
    {
        get { lock (gate) return accounts.Values.Sum(account => Math.Max(0, account.Repetitions - account.HandedOutAgain)); }
    }

    /// <summary>Of what was delivered or dead-lettered again, as much as the runner has handed out again.</summary>
    public int DuplicatesByRunner
    {
        get { lock (gate) return accounts.Values.Sum(account => Math.Min(account.Repetitions, account.HandedOutAgain)); }
    }

    /// <summary>Messages that are neither delivered nor dead-lettered.</summary>
    public int Lost
    {
        get { lock (gate) return Sent - Delivered - accounts.Values.Count(account => account.OnlyDeadLettered); }
    }

    /// <summary>Messages that were delivered, by route; empty when the routes are not the runner's own.</summary>
    public IReadOnlyList<(SampleRoute Route, int Delivered)> DeliveredByRoute()
    {
        lock (gate)
        {
            return knowsRoutes
                ? [.. Enum.GetValues<SampleRoute>().Select(route => (route, accounts.Values.Count(account => account.HasAccepted(route))))]
                : [];
        }
    }

    public void SentMore(int count)
    {
        lock (gate) Sent += count;
    }

    public void Received(Message message)
    {
        lock (gate)
        {
            if (!accounts.TryGetValue(message.MessageId, out var account))
            {
                var sample = samplesByBody.GetValueOrDefault(message.Body);
                if (sample is null && samples.Count > 0) Mismatch($"message {message.MessageId} is in the queue, but was not sent");
                accounts[message.MessageId] = account = new Account(message, sample);
                if (sample?.Tenant is { } tenant && message.Attributes?.GetValueOrDefault("MessageGroupId") != tenant)
                    Mismatch($"the queue did not keep the message group {tenant} of {message.MessageId}");
            }
            if (ReceiveCount(message) > 1) Retried++;
        }
    }

    /// <summary>The runner hands the function these messages once more, although it has acknowledged them.</summary>
    public void HandedOutAgain(IEnumerable<Message> messages)
    {
        lock (gate)
        {
            foreach (var message in messages) accounts[message.MessageId].HandedOutAgain++;
        }
    }

    /// <summary>A request has come in; says what the endpoint does with it.</summary>
    /// <param name="pressed">What it does under pressure, whatever the message is; null: it is under none.</param>
    public Behaviour Arrived(Arrival arrival, Behaviour? pressed)
    {
        lock (gate)
        {
            if (pressed is not null) TurnedAway++;
            if (arrival.Verified is { } verified)
                Signatures = verified ? (Signatures.Verified + 1, Signatures.Failed) : (Signatures.Verified, Signatures.Failed + 1);
            var id = arrival.MessageId;
            if (id is null || !accounts.TryGetValue(id, out var account))
            {
                Mismatch($"a request names the message id {id ?? "(none)"}, which was not handed out");
                return pressed ?? Behaviour.Accept;
            }
            if (knowsRoutes && account.Sample is { } sample && SampleRoutes.FaultOf(arrival, sample, id) is { } fault) Mismatch(fault);

            account.Arrivals++;
            var behaviour = pressed ?? account.OwnBehaviour;
            account.LastAnswer = Endpoint.Describe(behaviour);
            CheckOrder(account.Sample, accepted: behaviour is Behaviour.Accept);
            if (behaviour is Behaviour.Accept) Accept(account);
            return behaviour;
        }
    }

    public void Deleted(IReadOnlyCollection<Message> messages, int unconfirmed)
    {
        lock (gate)
        {
            UnconfirmedDeletes += unconfirmed;
            DeletedCount += messages.Count - unconfirmed;
            if (seesArrivals) return;

            foreach (var message in messages) Accept(accounts[message.MessageId]);
        }
    }

    /// <summary>A message is in the dead-letter queue; one that was seen there before changes nothing.</summary>
    /// <returns>Whose message it is and why it is there, in a line; null when it was seen before.</returns>
    public string? DeadLettered(Message letter)
    {
        lock (gate)
        {
            if (!deadLetters.Add(letter.MessageId)) return null;

            // SQS's redrive keeps the id, and attributes of an earlier copy; a copy has an id of its own.
            var failure = accounts.ContainsKey(letter.MessageId) ? null : FailureOf(letter);
            var id = failure?.MessageId ?? letter.MessageId;
            var account = accounts.GetValueOrDefault(id);
            var reason = failure?.Why ?? RedriveReason(account);
            if (account is not null) TakeIn(account, id, letter, reason, copied: failure is not null);
            else if (samples.Count > 0) Mismatch($"the message {id} was dead-lettered, but not handed out");
            return $"{id}: {reason}{failure?.Whereabouts}";
        }
    }

    public DeadLetters DeadLetters()
    {
        lock (gate)
        {
            var dead = accounts.Values.Where(account => account.DeadLetters > 0).ToArray();
            var only = dead.Where(account => account.OnlyDeadLettered).ToArray();
            var reasons = only.GroupBy(account => account.Reason!, (reason, group) => (Reason: reason, Count: group.Count()));
            return new(
                only.Length,
                DeliveredToo: dead.Length - only.Length,
                Again: dead.Sum(account => account.DeadLetters - 1),
                Untried: seesArrivals ? only.Count(account => account.Arrivals == 0) : 0,
                [.. reasons.OrderByDescending(group => group.Count)]);
        }
    }

    /// <summary>Ids of the messages that are or were in the dead-letter queue.</summary>
    public IReadOnlyList<string> DeadLetteredIds()
    {
        lock (gate) return [.. accounts.Where(each => each.Value.DeadLetters > 0).Select(each => each.Key)];
    }

    /// <summary>The tenant of each message that has one.</summary>
    public IReadOnlyDictionary<string, string> Tenants()
    {
        lock (gate)
        {
            return accounts.Where(each => each.Value.Sample?.Tenant is not null)
                .ToDictionary(each => each.Key, each => each.Value.Sample!.Tenant!);
        }
    }

    private static int ReceiveCount(Message message) =>
        int.Parse(message.Attributes?.GetValueOrDefault("ApproximateReceiveCount") ?? "1", CultureInfo.InvariantCulture);

    private ForwardFailure? FailureOf(Message letter)
    {
        if (letter.MessageAttributes?.GetValueOrDefault(ForwardFailure.AttributeName) is not { } attribute) return null;

        var failure = ForwardFailure.TryParse(attribute.StringValue);
        if (failure is null) Mismatch($"{ForwardFailure.AttributeName} of the dead letter {letter.MessageId} cannot be read");
        return failure;
    }

    /// <summary>SQS gives no reason; what the endpoint answered last may be one.</summary>
    private string RedriveReason(Account? account) => (seesArrivals, account) switch
    {
        (false, _) or (_, null) => Redriven,
        (_, { LastAnswer: { } answer }) => $"{Redriven}, last answer {answer}",
        _ => $"{Redriven}, never reached the endpoint",
    };

    private void TakeIn(Account account, string id, Message letter, string reason, bool copied)
    {
        if (letter.Body != account.Body) Mismatch($"the body of {id} is another one in the dead-letter queue");
        if (!account.HasAttributesOf(letter)) Mismatch($"the attributes of {id} are others in the dead-letter queue");
        account.DeadLetters++;
        account.Reason ??= reason;
        // Without the endpoint's view each deletion counts as a delivery, but one of them followed the copy.
        if (copied && !seesArrivals && account.Acceptances > 0 && --account.Acceptances == 0) Delivered--;
    }

    private void Accept(Account account)
    {
        account.Acceptances++;
        if (account.Acceptances == 1) Delivered++;
    }

    /// <summary>Within a group nothing may arrive after a later message was accepted; the newest may come again.</summary>
    private void CheckOrder(Sample? sample, bool accepted)
    {
        if (sample?.Group is not { } group) return;

        if (newestAccepted.TryGetValue(group, out var newest) && sample.Number < newest)
            OrderViolation ??= $"in {group} message {sample.Number} arrived after message {newest} was accepted";
        else if (accepted) newestAccepted[group] = sample.Number;
    }

    private void Mismatch(string what)
    {
        Mismatches++;
        FirstMismatch ??= what;
    }
}
