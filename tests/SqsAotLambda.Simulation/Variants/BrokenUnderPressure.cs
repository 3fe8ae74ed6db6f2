using SqsAotLambda.Aws;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Requests;
using SqsAotLambda.Settings;
using SqsAotLambda.Simulation.Checking;
using SqsAotLambda.Simulation.World;

namespace SqsAotLambda.Simulation.Variants;

/// <summary>Variants of the rules for delivery under pressure.</summary>
internal static class BrokenUnderPressure
{
    private static readonly TimeSpan Park = TimeSpan.FromMinutes(15);

    public static readonly IReadOnlyList<Variant> All =
    [
        new("credulous", Invariant.DeadLettersAreDue, "suspects no endpoint, whatever it rejects")
        {
            Settings = settings => settings with { Suspect = false },
        },
        new("rash", Invariant.DeadLettersAreDue, "dead-letters a rejection though its endpoint is suspect")
        {
            Instead = (around, settings) => new() { Ask = TakingRejectionsForMeant(around, settings.ConnectTimeout) },
        },
        new("wary", Invariant.GoodOnesDoNotWait, "takes what a suspect endpoint rejects for an outage")
        {
            Instead = (around, settings) => new() { Ask = TakingRejectionsForFaults(around, settings.ConnectTimeout) },
        },
        new("turnless", Invariant.DeadLettersAreDue, "copies what lacks only a turn of the rate limit")
        {
            Settings = settings => settings with { RateLimit = null },
            Instead = (around, _) => new() { Ask = WaitingForTurns(around) },
        },
        new("undertaker", Invariant.DeadLettersAreDue, "copies to the dead-letter queue where there are no dead letters")
        {
            Settings = settings => settings with { DeadLetterQueue = new(Scenario.DeadLetterUrl) },
        },
        new("paceless", Invariant.PaceIsKept, "lets all requests go at once after a throttle")
        {
            Settings = settings => settings with { Pace = false },
        },
        new("unbraked", Invariant.ProbesGoAlone, "lets all messages probe an endpoint that fails")
        {
            Settings = settings => settings with { Breaker = false },
        },
        new("parking", Invariant.PausesParkNothing, "parks for a quarter of an hour what a pause holds back")
        {
            Instead = (around, settings) => new() { Postpone = Parking(around, settings) },
        },
        new("groupless", Invariant.GroupsTakeTurns, "deals messages as they come, whatever their groups")
        {
            Deliver = (deliver, _, world) => batch => deliver(
                world.Scenario.IsFifo ? batch : batch with { Messages = [.. batch.Messages.Select(message => message with { GroupId = null })] }),
        },
        new("one-more", Invariant.GroupsKeepTheirLimit, "lets one more request of a group go than its limit")
        {
            Settings = settings => settings with { GroupConcurrency = settings.GroupConcurrency + 1 },
        },
        new("obedient", Invariant.AcknowledgedForAReason, "heeds what an endpoint says of a message, whatever the settings say")
        {
            Settings = settings => settings with { Routes = [.. settings.Routes.Select(Heeding)] },
        },
    ];

    private static Route Heeding(Route route) => route with { Statuses = route.Statuses with { HeedsDisposition = true } };

    private static Ask TakingRejectionsForMeant(Surroundings around, TimeSpan connectTimeout)
    {
        var real = Broken.Asking(around, connectTimeout);
        return async (request, route, again, deadline) =>
        {
            var answer = await real(request, route, again, deadline);
            return answer is { Status: 400, Disposition: Disposition.None } ? answer with { Disposition = Disposition.DeadLetter } : answer;
        };
    }

    private static Ask TakingRejectionsForFaults(Surroundings around, TimeSpan connectTimeout)
    {
        var real = Broken.Asking(around, connectTimeout);
        var rejections = 0;
        return async (request, route, again, deadline) =>
        {
            var answer = await real(request, route, again, deadline);
            rejections = answer.Status is 400 ? rejections + 1 : 0;
            return rejections > 5 ? answer with { Status = 401 } : answer;
        };
    }

    private static Ask WaitingForTurns(Surroundings around)
    {
        var real = Broken.Asking(around, TimeSpan.FromSeconds(3));
        var rate = new RateLimit(perSecond: 1, around.Loop);
        return async (request, route, again, deadline) =>
            await rate.WaitAsync(deadline) ? await real(request, route, again, deadline) : throw new OutOfTimeException();
    }

    private static Postpone Parking(Surroundings around, FunctionSettings settings)
    {
        var aws = new AwsJson("sqs", "1.0", around.Credentials, around.Tls, new ConnectionBudget(around.Loop), around.Loop, SqsApi.MaxAnswer);
        var real = new Visibility(new SqsApi(aws.CallAsync, settings.SqsEndpoint), around.Log);
        return (batch, messages, closing) => real.PostponeAsync(batch, [.. messages.Select(each => each with { Delay = Park })], closing);
    }
}
