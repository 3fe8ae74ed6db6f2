using System.Security.Cryptography;
using System.Text;
using SqsAotLambda.Simulation.Checking;

namespace SqsAotLambda.Simulation.World;

/// <summary>A queue of SQS and its dead-letter queue.</summary>
internal sealed class SimulatedQueue(Scenario scenario, SimulatedNetwork network, Chance chance, Ledger ledger)
{
    private const int TrialLength = 300;

    /// <summary>In milliseconds.</summary>
    private const long TrialInterval = 20;

    private readonly List<SimulatedMessage> messages = [];

    public IReadOnlyList<SimulatedMessage> Messages => messages;

    /// <summary>The messages of the present invocation, with the receive of each.</summary>
    public List<(SimulatedMessage Message, int Receive)> Batch { get; } = [];

    public void Fill()
    {
        var pressure = scenario.Pressure;
        var isLong = pressure.IsCalm || pressure.Strain is not Strain.None || chance.OneIn(10);
        var count = scenario.IsCrowded ? 200 : isLong ? chance.Between(11, 50) : chance.Between(1, 14);
        for (var number = 0; number < count; number++) messages.Add(Make(number));
    }

    /// <summary>Bad messages and a few good ones, one after the other.</summary>
    public void FillTrial()
    {
        for (var number = 0; number < TrialLength; number++)
        {
            var id = $"{SimulatedMessage.IdPrefix}{number:D8}";
            messages.Add(new()
            {
                Number = number,
                Id = id,
                Key = id,
                Kind = null,
                Fate = chance.Below(10) < 7 ? Fate.Rejected : Fate.Good,
                Group = null,
                Body = BodyOf(id),
                SentAt = number * TrialInterval,
                VisibleAt = number * TrialInterval,
            });
        }
    }

    /// <summary>Gives messages out to an invocation.</summary>
    public void Receive()
    {
        Batch.Clear();
        var blocked = scenario.IsFifo ? new HashSet<string?>() : null;
        foreach (var message in messages)
        {
            if (Batch.Count == scenario.BatchSize) return;
            if (message.IsDeleted && !IsDuplicated(message)) continue;
            if (message.VisibleAt > network.Now)
            {
                blocked?.Add(message.Group);
                continue;
            }

            if (blocked?.Contains(message.Group) is true || IsMovedAway(message)) continue;

            Add(message);
            // The same message twice in one batch, as two receives.
            if (!scenario.IsFifo && Batch.Count < scenario.BatchSize && chance.OneIn(100)) Add(message);
        }
    }

    private void Add(SimulatedMessage message)
    {
        message.Receives++;
        message.VisibleAt = network.Now + scenario.Visibility;
        Batch.Add((message, message.Receives));
    }

    /// <summary>When the next message can be received; null: there is none.</summary>
    public long? NextVisible()
    {
        long? next = null;
        foreach (var message in messages)
        {
            if (!message.IsDeleted && (next is null || message.VisibleAt < next)) next = message.VisibleAt;
        }

        return next;
    }

    /// <summary>The invocation was answered, and the answer names these.</summary>
    public void Settle(List<string> failed)
    {
        foreach (var id in failed)
        {
            if (!Batch.Exists(each => each.Message.Id == id))
                ledger.Break(Invariant.NothingBreaks, $"The answer names {id}, which is not in the batch.");
        }

        foreach (var (message, receive) in Batch)
        {
            if (failed.Contains(message.Id)) continue;

            if (IsDropped(message)) message.WasDropped = true;
            if (!message.IsDone)
            {
                ledger.Break(
                    Invariant.AcknowledgedForAReason,
                    $"{message.Id} was acknowledged on receive {receive}: no endpoint accepted it, and no copy was confirmed. {StatusesOf(message)}");
            }

            message.IsDeleted = true;
        }

        Batch.Clear();
    }

    /// <summary>What holds at the end of a life.</summary>
    public void Judge()
    {
        foreach (var message in messages)
        {
            if (!message.IsDeleted || message.WasAccepted || message.WasDropped || message.IsDeadLetter) continue;

            var copy = message.WasCopyConfirmed ? "; a copy was confirmed, and is not what the message was" : "";
            ledger.Break(Invariant.NothingIsLost, $"{message.Id} is neither accepted nor on a queue{copy}.");
        }
    }

    /// <summary>Of the same batch and group, ahead of the message, the first that is not done; null: there is none.</summary>
    public SimulatedMessage? UndoneAhead(SimulatedMessage message, int receive)
    {
        if (message.Group is null || !scenario.IsFifo) return null;

        SimulatedMessage? undone = null;
        foreach (var (other, itsReceive) in Batch)
        {
            if (other == message) return itsReceive == receive ? undone : null;
            if (other.Group == message.Group && !other.IsDone && !IsDropped(other)) undone ??= other;
        }

        return null;
    }

    public bool IsDropped(SimulatedMessage message) => message.Kind is { } kind && scenario.Kinds.TryGetValue(kind, out var host) && host is null;

    public static string StatusesOf(SimulatedMessage message) => message.Statuses.Count == 0
        ? "It was given no status."
        : $"It was given {string.Join(", ", message.Statuses.Select(each => $"{each.Status} on receive {each.Receive}"))}.";

    /// <summary>A standard queue gives a message out again now and then, though it was deleted.</summary>
    private bool IsDuplicated(SimulatedMessage message) => !scenario.IsFifo && !message.IsDeadLetter && chance.OneIn(30);

    private bool IsMovedAway(SimulatedMessage message)
    {
        if (message.IsDeleted || scenario.Pressure.IsWithoutDeadLetters) return false;
        if (scenario.MaxReceives is not { } most || message.Receives < most) return false;

        return message.IsDeadLetter = message.IsDeleted = true;
    }

    private SimulatedMessage Make(int number)
    {
        var id = $"{SimulatedMessage.IdPrefix}{number:D8}";
        var body = BodyOf(id);
        var (failure, key) = chance.OneIn(15) ? FirstLifeOf(id, body) : (null, id);
        return new()
        {
            Number = number,
            Id = id,
            Key = key,
            Kind = chance.Of<string?>(null, "kind0", "kind0", "kind1", "kind2", Scenario.DroppedKind, "other"),
            Tenant = chance.OneIn(5) ? null : $"tenant{chance.Below(3)}",
            Fate = chance.Below(10) switch
            {
                < 7 => Fate.Good,
                _ when scenario.Pressure.IsCalm => Fate.Rejected,
                < 9 => Fate.Moody,
                _ => Fate.Bad,
            },
            Group = scenario.IsFifo ? $"group{chance.Below(4)}"
                : scenario.Pressure.HasGroups ? chance.Of("noisy", "noisy", "noisy", "quiet", null)
                : null,
            Body = body,
            HasNoBody = chance.OneIn(100),
            ForwardFailure = failure,
        };
    }

    /// <summary>Of a message that says it was redriven: with a key only the HMAC shows whether that is true.</summary>
    private (string Failure, string Key) FirstLifeOf(string id, byte[] body)
    {
        var first = chance.OneIn(2) ? $"{SimulatedMessage.IdPrefix}{chance.Below(10):D8}" : $"first-{id[SimulatedMessage.IdPrefix.Length..]}";
        if (scenario.RedriveKey is not { } key) return ($$"""{"outcome":"Rejected","messageId":"{{first}}"}""", first);

        var isGenuine = chance.OneIn(2);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{first}\n"), .. SHA256.HashData(body)];
        var hmac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(isGenuine ? key : "some other key"), signed);
        return ($$"""{"outcome":"Rejected","messageId":"{{first}}","hmac":"{{Convert.ToHexStringLower(hmac)}}"}""", isGenuine ? first : id);
    }

    private byte[] BodyOf(string id)
    {
        var most = chance.Below(100) switch { 0 when !scenario.IsCrowded => 200_000, < 10 => 20_000, _ => 300 };
        var length = chance.Below(most);
        var text = $"{{\"id\":\"{id}\",\"note\":\"{SimulatedMessage.Private} ä\",\"filler\":\"";
        var body = new byte[Encoding.UTF8.GetByteCount(text) + length + 2];
        var at = Encoding.UTF8.GetBytes(text, body);
        body.AsSpan(at, length).Fill((byte)('a' + chance.Below(26)));
        "\"}"u8.CopyTo(body.AsSpan(at + length));
        return body;
    }
}
