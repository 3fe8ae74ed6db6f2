using System.CommandLine;
using SqsAotLambda.Local.Pressure;
using static SqsAotLambda.Local.OptionKinds;

namespace SqsAotLambda.Local;

/// <summary>The two commands, their options, and how these become <see cref="Settings"/>.</summary>
internal sealed class CommandLine
{
    private const int StandardMessages = 500;
    private const int FifoMessages = 100;
    private const int Receives = 3;

    /// <summary>With three receives left the function sets a message aside for a quarter of an hour: too long to wait for.</summary>
    private const int ReceivesUnderPressure = 10;

    private static readonly TimeSpan FunctionTimeout = TimeSpan.FromSeconds(2);

    /// <summary>An invocation that lives through a blip.</summary>
    private static readonly TimeSpan LongFunctionTimeout = TimeSpan.FromSeconds(60);

    private readonly Option<string> bootstrap = new("--bootstrap")
    {
        HelpName = "PATH",
        Required = true,
        Description = "The published function: the file named bootstrap.",
    };

    private readonly Option<string?> queueFolder = new("--queue-folder")
    {
        HelpName = "PATH",
        Description = "Folder with the installed local queue [default: artifacts/queue beside SqsAotLambda.sln]",
    };

    private readonly Option<Uri?> queueEndpoint = Address("--queue-endpoint", "Use this SQS endpoint instead of the local queue.");
    private readonly Option<Uri?> url = Address("--url", "Forward to this endpoint instead of the built-in one.");
    private readonly Option<bool> fifo = new("--fifo") { Description = "Use a FIFO queue, and check the order in every group." };

    private readonly Option<int?> messages = Number(
        "--messages", $"Sample messages to send [default: {StandardMessages}; with --fifo {FifoMessages}, in {Samples.Groups} groups]");

    private readonly Option<int> concurrency = Number("--concurrency", 5, "Execution environments.");
    private readonly Option<int> batchSize = Number("--batch-size", 10, "Messages in an invocation, at most.");
    private readonly Option<Duration> window = Time("--window", "0s", "How long a batch is gathered.", mayBeZero: true);
    private readonly Option<Duration?> functionTimeout = Time(
        "--function-timeout",
        "Time that an invocation may take "
            + $"[default: {Duration.Format(FunctionTimeout)}; with a longer --blip {Duration.Format(LongFunctionTimeout)}]");

    private readonly Option<Duration> requestTimeout = Time("--request-timeout", "500ms", "Time that the function gives the endpoint.");
    private readonly Option<Duration?> visibilityTimeout = Time(
        "--visibility-timeout",
        "After which a failed message comes back, unless the function sets a time "
            + $"[default: {Settings.AdvisedVisibilityFactor} times the default of --function-timeout]");

    private readonly Option<int?> maxReceiveCount = Number(
        "--max-receive-count",
        $"Receives before a message is dead-lettered [default: {Receives}; {ReceivesUnderPressure} for run with "
            + "--outage, --throttle, --wall or --blip]");

    private readonly Option<Duration> backoffBase = Time(
        "--backoff-base", "2s", "First delay of the function's back-off; 0s switches it off.", mayBeZero: true);

    private readonly Option<int> memory = Number("--memory", 256, "Memory size that the function is told, in MB.");

    private readonly Option<string[]> variables = new("--env")
    {
        HelpName = "NAME=VALUE",
        Description = "A variable of the function; may be given again. FORWARD_ROUTES, _ROUTES_FILE or _AUTH replace run's own routes.",
    };

    private readonly Option<bool> chunked = new("--chunked") { Description = "Runtime API answers are chunked, without Content-Length." };

    private readonly Option<bool> freeze = new("--freeze")
    {
        Description = "Freeze the function between invocations, as Lambda does; meanwhile the built-in endpoint closes or resets its connections.",
    };

    private readonly Option<int?> duplicates = Number("--duplicates", "Hand every Nth batch to the function twice, which SQS may do.");

    private readonly PressureOptions pressure = new();

    private readonly Option<Duration?> killEvery = Time(
        "--kill-every", "Kill a random execution environment at random moments, this far apart on average.");

    private readonly Option<int> seed = Number("--seed", 1, "Seed of those random moments.");
    private readonly Option<Duration> timeLimit = Time("--time-limit", "5m", "After which the run ends, settled or not.");
    private readonly Option<bool> verbose = new("--verbose") { Description = "Show the log lines of the function." };

    public RootCommand Build(
        Func<Settings, CancellationToken, Task<int>> run, Func<Settings, CancellationToken, Task<int>> serve)
    {
        Option[] shared =
        [
            bootstrap, queueFolder, queueEndpoint, url, fifo, concurrency, batchSize, window, functionTimeout, requestTimeout,
            visibilityTimeout, maxReceiveCount, backoffBase, memory, variables, chunked, freeze, duplicates, verbose,
        ];
        var root = new RootCommand("Plays Lambda and SQS around the published function, on this machine.")
        {
            Subcommand("run", "Send sample messages, work until all are settled, and account for every one.",
                [.. shared, messages, .. pressure.All, killEvery, seed, timeLimit], run),
            Subcommand("serve", "Keep running, and take messages from any SQS client until Ctrl-C.", shared, serve),
        };
        root.SetAction(int (ParseResult _) => throw new LocalFailure("Name a command, run or serve; --help tells what they do."));
        return root;
    }

    private Command Subcommand(
        string name, string description, Option[] options, Func<Settings, CancellationToken, Task<int>> action)
    {
        var command = new Command(name, description);
        foreach (var option in options) command.Add(option);
        command.SetAction((result, stop) =>
        {
            var settings = Read(result);
            string[] faults = [.. settings.Faults()];
            if (faults.Length > 0) throw new LocalFailure(string.Join('\n', faults));

            return action(settings, stop);
        });
        return command;
    }

    private Settings Read(ParseResult result)
    {
        var pressed = pressure.Read(result);
        var usualTimeout = pressed.Blip is { } blip && blip.Length > FunctionTimeout ? LongFunctionTimeout : FunctionTimeout;
        var receives = pressed is { Outage: null, Throttle: null, Wall: null, Blip: null } ? Receives : ReceivesUnderPressure;
        return new()
        {
            Bootstrap = Path.GetFullPath(result.GetRequiredValue(bootstrap)),
            QueueFolder = result.GetValue(queueFolder),
            QueueEndpoint = result.GetValue(queueEndpoint),
            Url = result.GetValue(url),
            Fifo = result.GetValue(fifo),
            Messages = result.GetValue(messages) ?? (result.GetValue(fifo) ? FifoMessages : StandardMessages),
            Concurrency = result.GetValue(concurrency),
            BatchSize = result.GetValue(batchSize),
            Window = result.GetValue(window).Value,
            FunctionTimeout = result.GetValue(functionTimeout)?.Value ?? usualTimeout,
            RequestTimeout = result.GetValue(requestTimeout).Value,
            VisibilityTimeout = result.GetValue(visibilityTimeout)?.Value ?? (Settings.AdvisedVisibilityFactor * usualTimeout),
            MaxReceiveCount = result.GetValue(maxReceiveCount) ?? receives,
            BackoffBase = result.GetValue(backoffBase).Value,
            MemoryMegabytes = result.GetValue(memory),
            Variables = ReadVariables(result.GetValue(variables) ?? []),
            Chunked = result.GetValue(chunked),
            Freeze = result.GetValue(freeze),
            Duplicates = result.GetValue(duplicates),
            Pressure = pressed,
            KillEvery = result.GetValue(killEvery)?.Value,
            Seed = result.GetValue(seed),
            TimeLimit = result.GetValue(timeLimit).Value,
            Verbose = result.GetValue(verbose),
        };
    }

    private static Dictionary<string, string> ReadVariables(string[] variables)
    {
        var read = new Dictionary<string, string>();
        foreach (var variable in variables)
        {
            var parts = variable.Split('=', 2);
            // The value may be a secret, so it is not repeated.
            if (parts is not [{ Length: > 0 } name, var value]) throw new LocalFailure($"--env {parts[0]}: NAME=VALUE is allowed.");
            read[name] = value;
        }
        return read;
    }
}
