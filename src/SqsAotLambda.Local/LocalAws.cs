using System.Security.Cryptography;
using SqsAotLambda.Local.Lambda;
using SqsAotLambda.Local.Pressure;
using SqsAotLambda.Local.Queue;

namespace SqsAotLambda.Local;

/// <summary>Everything around the function, up and running.</summary>
internal sealed record LocalAws(
    Ledger Ledger,
    Measurements Measurements,
    Failures Failures,
    Trouble? Trouble,
    Timeline? Timeline,
    SqsClient Sqs,
    Queues Queues,
    Uri EndpointAddress,
    IReadOnlyList<EnvironmentSlot> Slots,
    EventSourceMapping Mapping)
{
    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(5);

    /// <summary>A stalled request is held open this many request timeouts long.</summary>
    private const int StallFactor = 4;

    /// <summary>Starts everything, does the work, and ends everything, whatever happens.</summary>
    /// <param name="routes">null: the function has none, but for those of the user's.</param>
    public static async Task<int> UseAsync(
        Settings settings,
        SampleRoutes? routes,
        Ledger ledger,
        Screen screen,
        TimeProvider time,
        Func<LocalAws, Task<int>> work,
        CancellationToken stop)
    {
        CheckBootstrap(settings.Bootstrap);
        if (settings.Warning() is { } warning) screen.Say(warning);

        await using var queueServer = settings.QueueEndpoint is null
            ? await QueueServer.StartAsync(settings.QueueFolder, time, stop)
            : null;
        using var sqs = new SqsClient(settings.QueueEndpoint ?? queueServer!.Address);
        // A server that outlives the run may hold the queues of others.
        var suffix = queueServer is null ? $"-{RandomNumberGenerator.GetHexString(8, lowercase: true)}" : "";
        var queues = await Queues.CreateAsync(sqs, settings, suffix, stop);

        try
        {
            await WarmUp.RunAsync(time, stop);
            return await UseAsync(settings, routes, ledger, screen, sqs, queues, time, work);
        }
        finally
        {
            if (queueServer is null) await DeleteAsync(queues, sqs, screen, time);
        }
    }

    /// <summary>With the queues: starts the endpoint and the function.</summary>
    private static async Task<int> UseAsync(
        Settings settings,
        SampleRoutes? routes,
        Ledger ledger,
        Screen screen,
        SqsClient sqs,
        Queues queues,
        TimeProvider time,
        Func<LocalAws, Task<int>> work)
    {
        var trouble = Trouble.Of(settings, time);
        var timeline = settings.IsOneRoute ? new Timeline(time) : null;
        var endpoint = new Endpoint(ledger, routes, settings.RequestTimeout * StallFactor, trouble, timeline, time);
        var connections = new EndpointConnections();
        await using var endpointServer =
            settings.Url is null ? await EndpointServer.StartAsync(endpoint.AnswerAsync, connections.Around, trouble, time) : null;
        var endpointAddress = settings.Url ?? endpointServer!.Address;
        await using var parameterServer = routes is null ? null : await LocalServer.StartAsync(new ParameterStore(routes.Parameters).AnswerAsync);

        var (measurements, failures) = (new Measurements(), new Failures());
        var variables = parameterServer is null ? null : SampleRoutes.Variables(endpointAddress, parameterServer.Address);
        var function = Function.Of(settings, endpointAddress, variables, sqs.Address, queues);
        using var starts = new SemaphoreSlim(1);
        var slots = Enumerable.Range(1, settings.Concurrency)
            .Select(number => new EnvironmentSlot(
                number, function, starts, settings.Freeze ? connections : null, measurements, screen.Say, ReadLine, time))
            .ToArray();
        var mapping = new EventSourceMapping(sqs, queues, settings, slots, ledger, measurements, timeline, screen.Say, time);
        try
        {
            return await work(new LocalAws(ledger, measurements, failures, trouble, timeline, sqs, queues, endpointAddress, slots, mapping));
        }
        finally
        {
            foreach (var slot in slots) await slot.DisposeAsync();
        }

        void ReadLine(string line)
        {
            measurements.Logged(line);
            if (settings.Verbose) screen.Say(line);
            if (FunctionFailure.TryParse(line) is not { } failure) return;

            if (failures.Add(failure)) screen.Say($"A message failed: {failure}");
            if (failure.IsHeldByBreaker) timeline?.HoldByBreaker();
        }
    }

    private static async Task DeleteAsync(Queues queues, SqsClient sqs, Screen screen, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(CleanUpLimit, time);
        try
        {
            await queues.DeleteAsync(sqs, limit.Token);
        }
        catch (Exception failure) when (failure is LocalFailure or OperationCanceledException)
        {
            screen.Say($"The queue {queues.Url} could not be deleted: {failure.Message}");
        }
    }

    private static void CheckBootstrap(string path)
    {
        if (!File.Exists(path)) throw new LocalFailure($"There is no bootstrap at {path}: `make build` builds it.");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) == 0)
            throw new LocalFailure($"{path} is not executable: `chmod +x` it, or build it with `make build`.");
    }
}
