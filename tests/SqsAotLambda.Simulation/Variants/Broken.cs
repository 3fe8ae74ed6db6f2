using SqsAotLambda.Aws;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Simulation.Checking;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Simulation.Variants;

/// <summary>One or more variants of each invariant.</summary>
internal static class Broken
{
    public static readonly IReadOnlyList<Variant> All =
    [
        new("eager-copy", Invariant.AcknowledgedForAReason, "takes a copy for confirmed before SQS has said so")
        {
            Instead = (_, _) => new() { Bury = (_, _, _) => Task.FromResult(true) },
        },
        new("forgetful", Invariant.AcknowledgedForAReason, "leaves the last failed message out of its answer")
        {
            Deliver = (deliver, _, _) => async batch => [.. (await deliver(batch)).SkipLast(1)],
        },
        new("early-answer", Invariant.AcknowledgedForAReason, "takes an answer that accepts before the request has arrived")
        {
            Driver = network => new CarelessDriver(network),
        },
        new("cut-copy", Invariant.NothingIsLost, "copies a message in part to the dead-letter queue")
        {
            Instead = (around, _) => new() { Sqs = CuttingBodies(around) },
        },
        new("deaf", Invariant.EachAnswerIsItsOwn, "does not hear what comes while nothing is due, and takes it for the next answer")
        {
            Driver = network =>
            {
                network.HidesUnasked = true;
                return network;
            },
        },
        new("trusting", Invariant.EachAnswerIsItsOwn, "takes the data of a TLS record that came while nothing was due for the next answer")
        {
            Tls = tls =>
            {
                tls.KeepsUnasked = true;
                return tls;
            },
        },
        new("mixed-up", Invariant.EachAnswerIsItsOwn, "takes the answer to one request for that to the next")
        {
            Instead = (around, settings) => new() { Ask = MixingUp(around, settings.ConnectTimeout) },
        },
        new("late", Invariant.AnsweredInTime, "believes that it has a minute more than Lambda gives it")
        {
            Deliver = (deliver, _, _) => batch =>
                deliver(batch with { Deadline = batch.Deadline + TimeSpan.FromMinutes(1), End = batch.End + TimeSpan.FromMinutes(1) }),
        },
        new("leaky", Invariant.DescriptorsAreBounded, "never closes every eighth connection")
        {
            Driver = network => new LeakyDriver(network),
        },
        new("one-lane-each", Invariant.OrderIsKept, "sends the messages of a group side by side")
        {
            Deliver = (deliver, _, _) => batch => deliver(batch with { Messages = [.. batch.Messages.Select(WithoutOrder)] }),
        },
        new("talkative", Invariant.LinesAreSafe, "logs a secret")
        {
            Deliver = (deliver, around, world) => batch =>
            {
                foreach (var secret in world.Scenario.Secrets) around.Log.Begin(LogLevel.Fatal, "Secret")!.Text("value", secret).End();
                return deliver(batch);
            },
        },
        new("double-key", Invariant.RequestsAreWhole, "gives each message the key of the first of its batch")
        {
            Deliver = (deliver, _, _) => batch =>
                deliver(batch with { Messages = [.. batch.Messages.Select(message => message with { VerifiedId = batch.Messages[0].Id })] }),
        },
        new("insistent", Invariant.NoRequestIsRepeated, "asks once more when an endpoint refuses")
        {
            Instead = (around, settings) => new() { Ask = AskingTwice(around, settings.ConnectTimeout) },
        },
        new("stubborn", Invariant.OneMoreTryAtMost, "asks a third time where the second request got no answer")
        {
            Instead = (around, settings) => new() { Ask = AskingThrice(around, settings.ConnectTimeout) },
        },
        new("two-tries", Invariant.OneMoreTryAtMost, "asks once more after a new connection that ended, too")
        {
            Instead = (around, settings) => new() { Ask = TakingNewForDead(around, settings.ConnectTimeout) },
        },
        new("disobedient", Invariant.OneMoreTryAtMost, "asks once more, whatever the settings say")
        {
            Instead = (around, settings) => new() { Ask = AskingAgain(around, settings.ConnectTimeout) },
        },
        .. BrokenUnderPressure.All,
        new("impatient", Invariant.NothingIsUnderWay, "answers after 100 ms, whatever is under way")
        {
            Deliver = (deliver, around, _) => async batch =>
            {
                var delivering = deliver(batch);
                await Task.WhenAny(delivering, around.Loop.WaitUntilAsync(around.Loop.After(TimeSpan.FromMilliseconds(100))).AsTask());
                return delivering.IsCompleted ? await delivering : batch.Messages;
            },
        },
        new("throwing", Invariant.NothingBreaks, "throws for a batch of four")
        {
            Deliver = (deliver, _, _) => batch => batch.Messages.Count == 4 ? throw new InvalidOperationException("four") : deliver(batch),
        },
    ];

    private static Message WithoutOrder(Message message) =>
        message.Queue.IsFifo ? message with { Queue = new(message.Queue.Arn[..^".fifo".Length]) } : message;

    private static AwsCall CuttingBodies(Surroundings around)
    {
        var real = new AwsJson("sqs", "1.0", around.Credentials, around.Tls, new ConnectionBudget(around.Loop), around.Loop, SqsApi.MaxAnswer);
        return (endpoint, region, target, body, deadline) => real.CallAsync(endpoint, region, target, WithoutEnd(target, body), deadline);
    }

    private static ReadOnlyMemory<byte> WithoutEnd(string target, ReadOnlyMemory<byte> body)
    {
        var end = body.Span.IndexOf("\\\"}\""u8);
        return target != "AmazonSQS.SendMessage" || end < 0 ? body : (byte[])[.. body.Span[..(end - 1)], .. body.Span[end..]];
    }

    public static Ask Asking(Surroundings around, TimeSpan connectTimeout)
    {
        var guard = new AddressGuard(allowLoopback: false);
        var pool = new ConnectionPool(
            new Connector(around.Resolve(guard), around.Tls, connectTimeout, Sender.MaxBody, around.Loop),
            new ConnectionBudget(around.Loop),
            around.Loop);
        return Sender.Over(pool, around.Loop.Time);
    }

    private static Ask AskingTwice(Surroundings around, TimeSpan connectTimeout)
    {
        var real = Asking(around, connectTimeout);
        return async (request, route, again, deadline) =>
        {
            var answer = await real(request, route, again, deadline);
            return answer.Status is { } status && !route.Statuses.Success.Contains(status) ? await real(request, route, again, deadline) : answer;
        };
    }

    private static Ask AskingThrice(Surroundings around, TimeSpan connectTimeout)
    {
        var real = Asking(around, connectTimeout);
        return async (request, route, again, deadline) =>
        {
            var answer = await real(request, route, again, deadline);
            return again is not null && answer.Status is null ? await real(request, route, again, deadline) : answer;
        };
    }

    private static Ask TakingNewForDead(Surroundings around, TimeSpan connectTimeout)
    {
        var real = Asking(around, connectTimeout);
        return async (request, route, again, deadline) =>
        {
            var answer = await real(request, route, again, deadline);
            return answer with { IsOfDeadConnection = answer.Fault is Fault.Reset or Fault.Truncated };
        };
    }

    private static Ask AskingAgain(Surroundings around, TimeSpan connectTimeout)
    {
        var real = Asking(around, connectTimeout);
        return async (request, route, again, deadline) =>
        {
            var answer = await real(request, route, again, deadline);
            return answer.IsOfDeadConnection ? await real(request, route, route.Timeout, deadline) : answer;
        };
    }

    private static Ask MixingUp(Surroundings around, TimeSpan connectTimeout)
    {
        var real = Asking(around, connectTimeout);
        Answer? before = null;
        return async (request, route, again, deadline) =>
        {
            var answer = await real(request, route, again, deadline);
            (before, var other) = (answer, before);
            return other ?? answer;
        };
    }
}
