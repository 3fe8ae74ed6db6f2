using System.Text;
using SqsAotLambda.Local.Queue;

namespace SqsAotLambda.Local;

/// <summary>The account of every message: received, arrived at the endpoint, accepted, deleted, dead-lettered.</summary>
/// <param name="samples">What is sent, in a run; empty when other clients send.</param>
/// <param name="seesArrivals">Whether the built-in endpoint is used; without it a deleted message counts as delivered.</param>
internal sealed class Ledger(IReadOnlyList<Sample> samples, bool seesArrivals)
{
    public const string NeverArrived = "never reached the endpoint";

    private readonly Lock gate = new();
    private readonly Dictionary<string, Sample> samplesByBody = samples.ToDictionary(sample => sample.Body);
    private readonly Dictionary<string, Account> accounts = [];
    private readonly Dictionary<string, int> newestAccepted = [];

    public int Sent { get; private set; }
    public int Delivered { get; private set; }
    public int Duplicates { get; private set; }
    public int Retried { get; private set; }
    public int UnconfirmedDeletes { get; private set; }
    public int Groups => newestAccepted.Count;

    /// <summary>Messages that have left the queue by being deleted.</summary>
    public int DeletedCount { get; private set; }

    /// <summary>What arrived otherwise than it was sent; the first one tells what it was.</summary>
    public int Mismatches { get; private set; }

    public string? FirstMismatch { get; private set; }

    public string? OrderViolation { get; private set; }

    public void SentMore(int count)
    {
        lock (gate) Sent += count;
    }

    public void Received(SqsMessage message)
    {
        lock (gate)
        {
            if (!accounts.TryGetValue(message.MessageId, out var account))
            {
                var sample = samplesByBody.GetValueOrDefault(message.Body);
                if (sample is null && samples.Count > 0) Mismatch($"message {message.MessageId} is in the queue, but was not sent");
                accounts[message.MessageId] = account = new Account(message.Body, sample);
            }
            account.Receives = message.ReceiveCount;
            if (message.ReceiveCount > 1) Retried++;
        }
    }

    /// <summary>A request has come in; says what the endpoint does with it.</summary>
    /// <param name="id">Message id that the request names; null when it names none, or two.</param>
    public Behaviour Arrived(string? id, byte[] body)
    {
        lock (gate)
        {
            if (id is null || !accounts.TryGetValue(id, out var account))
            {
                Mismatch($"a request names the message id {id ?? "(none)"}, which was not handed out");
                return Behaviour.Accept;
            }
            if (!body.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(account.Body))) Mismatch($"the body of {id} arrived changed");

            account.Arrivals++;
            var behaviour = account.Sample?.Behaviour ?? Behaviour.Accept;
            if (account.Arrivals > 1 && behaviour is not Behaviour.Refuse) behaviour = Behaviour.Accept;
            account.LastAnswer = Endpoint.Describe(behaviour);
            CheckOrder(account.Sample, accepted: behaviour is Behaviour.Accept);
            if (behaviour is Behaviour.Accept) Accept(account);
            return behaviour;
        }
    }

    public void Deleted(IReadOnlyCollection<SqsMessage> messages, int unconfirmed)
    {
        lock (gate)
        {
            UnconfirmedDeletes += unconfirmed;
            DeletedCount += messages.Count - unconfirmed;
            if (seesArrivals) return;

            foreach (var message in messages) Accept(accounts[message.MessageId]);
        }
    }

    /// <summary>Messages that are neither delivered nor among the dead letters.</summary>
    public int Lost(IReadOnlyCollection<SqsMessage> deadLetters)
    {
        lock (gate)
        {
            var onlyDead = deadLetters.Count(message => accounts.GetValueOrDefault(message.MessageId) is not { Acceptances: > 0 });
            return Sent - Delivered - onlyDead;
        }
    }

    /// <summary>Why the message went to the dead-letter queue, as far as the endpoint can tell.</summary>
    public string ReasonOf(SqsMessage deadLetter)
    {
        lock (gate)
        {
            var account = accounts.GetValueOrDefault(deadLetter.MessageId);
            if (account is null || !seesArrivals) return "not known";

            return account.LastAnswer is { } answer ? $"{answer} x {account.Receives} receives" : NeverArrived;
        }
    }

    private void Accept(Account account)
    {
        account.Acceptances++;
        if (account.Acceptances == 1) Delivered++;
        else Duplicates++;
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

    private sealed class Account(string body, Sample? sample)
    {
        public string Body => body;
        public Sample? Sample => sample;
        public int Receives { get; set; }
        public int Arrivals { get; set; }
        public int Acceptances { get; set; }
        public string? LastAnswer { get; set; }
    }
}
