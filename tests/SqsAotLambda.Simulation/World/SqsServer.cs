using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Simulation.Checking;

namespace SqsAotLambda.Simulation.World;

/// <summary>The calls of SQS that the function makes: it holds back what failed, and copies to the dead-letter queue.</summary>
internal sealed class SqsServer(Universe world, Chance chance)
{
    /// <summary>Of each so many calls one fails, in one way or another; 0: none does.</summary>
    private readonly int whims = world.Scenario.Pressure.IsCalm ? 0 : chance.Of(0, 0, 10, 3, 2);

    public void Serve(SimulatedPeer peer)
    {
        HttpPeer? http = null;
        http = new(peer) { OnWhole = request => Answer(http!.Peer, request) };
    }

    private void Answer(SimulatedPeer peer, ReadRequest request)
    {
        world.Teller?.Invoke($"SQS: {Encoding.ASCII.GetString(request.Header("\nx-amz-target: "u8))}");
        var whim = whims > 0 && chance.OneIn(whims) ? chance.Below(9) : -1;
        var delay = whim == 0 ? chance.Below(7000) : chance.Below(20);
        world.Network.After(delay, () => Answer(peer, request, whim));
    }

    private void Answer(SimulatedPeer peer, ReadRequest request, int whim)
    {
        var isCopy = request.Header("\nx-amz-target: "u8).SequenceEqual("AmazonSQS.SendMessage"u8);
        switch (whim)
        {
            case 1: return;
            case 2: peer.Reset(); return;
            case 3: peer.Leave(); return;
            case 4: peer.Send(Answers.Json(500, """{"__type":"InternalFailure","message":"no"}""")); return;
            case 5: peer.Send(Answers.Json(400, """{"__type":"AccessDenied","message":"no"}""")); return;
            case 6: peer.Send(Answers.Json(200, "{}")); return;
            // Done, and never told.
            case 7 when isCopy: Copy(request); peer.Reset(); return;
        }

        if (!isCopy)
        {
            peer.Send(Answers.Json(200, HoldBack(request, isPartial: whim == 8)));
            return;
        }

        var message = Copy(request);
        if (message is not null && whim != 8)
        {
            message.WasCopyConfirmed = true;
            peer.Send(Answers.Json(200, """{"MessageId":"copy","MD5OfMessageBody":"0"}"""));
        }
        else peer.Send(Answers.Json(200, """{"MessageId":""}"""));
        if (chance.OneIn(10)) peer.Leave();
    }

    private string HoldBack(ReadRequest request, bool isPartial)
    {
        using var json = JsonDocument.Parse(request.Body);
        var (done, failed) = (new List<string>(), new List<string>());
        foreach (var entry in json.RootElement.GetProperty("Entries").EnumerateArray())
        {
            var id = entry.GetProperty("Id").GetString()!;
            if (isPartial && chance.OneIn(2))
            {
                failed.Add($$"""{"Id":"{{id}}","Code":"ReceiptHandleIsInvalid","SenderFault":true}""");
                continue;
            }

            done.Add($$"""{"Id":"{{id}}"}""");
            var seconds = entry.GetProperty("VisibilityTimeout").GetInt32();
            if (seconds is < 0 or > 43_200) world.Ledger.Break(Invariant.NothingBreaks, $"SQS allows no visibility timeout of {seconds} s.");
            var receipt = Encoding.UTF8.GetBytes(entry.GetProperty("ReceiptHandle").GetString()!);
            if (SimulatedMessage.NumberIn(receipt) is { } number)
                HoldBack(world.Queue.Messages[number], seconds, receipt);
        }

        return $$"""{"Successful":[{{string.Join(',', done)}}],"Failed":[{{string.Join(',', failed)}}]}""";
    }

    private void HoldBack(SimulatedMessage message, int seconds, byte[] receipt)
    {
        message.VisibleAt = world.Network.Now + (seconds * 1000L);
        var slash = receipt.AsSpan().IndexOf((byte)'/');
        if (Utf8Parser.TryParse(receipt.AsSpan(slash + 1), out int receive, out _)) message.HeldBack = (seconds, receive);
    }

    /// <returns>Null: it is none that the dead-letter queue takes.</returns>
    private SimulatedMessage? Copy(ReadRequest request)
    {
        using var json = JsonDocument.Parse(request.Body);
        if (SimulatedMessage.NumberIn(request.Body) is not { } number) return null;

        var message = world.Queue.Messages[number];
        var isWhole = json.RootElement.GetProperty("MessageBody").ValueEquals(message.Body)
            && json.RootElement.GetProperty("QueueUrl").ValueEquals(Scenario.DeadLetterUrl)
            && IsKept(json.RootElement, "type", message.Kind) && IsKept(json.RootElement, "tenant", message.Tenant);
        // What is copied in part is confirmed all the same: SQS does not know the message.
        message.IsDeadLetter |= isWhole;
        if (Attribute(json.RootElement, "ForwardFailure") is { } failure) CheckFailure(failure, message);
        return message;
    }

    private void CheckFailure(string failure, SimulatedMessage message)
    {
        using var json = JsonDocument.Parse(failure);
        var receive = json.RootElement.GetProperty("attempts").GetInt32();
        if (json.RootElement.GetProperty("status") is { ValueKind: JsonValueKind.Number } status)
            world.CheckStatus(message, receive, status.GetInt32(), "ForwardFailure");
        // Without the key what a message said of itself goes on as it came, to be verified in its next life.
        var isAsItCame = json.RootElement.TryGetProperty("hmac", out var hmac)
            && message.ForwardFailure?.Contains($"\"{hmac}\"", StringComparison.Ordinal) is true;
        var id = json.RootElement.GetProperty("messageId").GetString();
        if (id != message.Key && !isAsItCame)
            world.Ledger.Break(Invariant.RequestsAreWhole, $"The copy of {message.Id} says that its first id is {id}, and it is {message.Key}.");
        world.CheckText(Encoding.UTF8.GetBytes(failure), "ForwardFailure");
        world.Copied(message, json.RootElement);
    }

    private static bool IsKept(JsonElement copy, string name, string? value) => Attribute(copy, name) == value;

    private static string? Attribute(JsonElement copy, string name) =>
        copy.GetProperty("MessageAttributes").TryGetProperty(name, out var attribute) ? attribute.GetProperty("StringValue").GetString() : null;
}
