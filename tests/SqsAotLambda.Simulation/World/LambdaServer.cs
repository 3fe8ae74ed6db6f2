using System.Globalization;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Simulation.Checking;

namespace SqsAotLambda.Simulation.World;

/// <summary>Lambda: its Runtime API, its poller of the queue, and the freezes between invocations.</summary>
internal sealed class LambdaServer(Universe world)
{
    private static readonly TimeSpan MaxInit = TimeSpan.FromSeconds(10);

    /// <summary>In milliseconds: every connection has been given up by then.</summary>
    private const long LongFreeze = 15 * 60 * 1000;

    private readonly Chance chance = new((ulong)world.Network.Below(int.MaxValue));
    private string? requestId;
    private long deadline, bornAt;
    private int polls;
    private bool isRefused, isFinishing, isNonsense;

    /// <summary>Invocations so far.</summary>
    public int Invocations { get; private set; }

    /// <summary>An event was none of SQS.</summary>
    public bool HasSentNonsense { get; private set; }

    /// <summary>The function has nothing more to do, and was let go.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The process ends, and Lambda starts another.</summary>
    public bool IsRestarting { get; private set; }

    /// <summary>An answer was refused on purpose.</summary>
    public bool HasRefused { get; private set; }

    private SimulatedQueue Queue => world.Queue;

    private long Now => world.Network.Now;

    /// <summary>A process begins.</summary>
    public void Begin()
    {
        IsRestarting = false;
        (bornAt, polls) = (Now, 0);
        world.Watch(each => each.ProcessBegins());
    }

    public void Serve(SimulatedPeer peer)
    {
        HttpPeer? http = null;
        http = new(peer) { OnWhole = request => Answer(http!, request) };
    }

    private void Answer(HttpPeer http, ReadRequest request)
    {
        world.Teller?.Invoke($"Lambda: {request}");
        if (request.Is("GET /2018-06-01/runtime/invocation/next "u8)) world.Network.After(chance.Below(4), () => Next(http.Peer));
        else if (requestId is null || !request.Is(Encoding.ASCII.GetBytes($"POST /2018-06-01/runtime/invocation/{requestId}/")))
            http.Peer.Send(Answers.Json(400, """{"errorType":"InvalidRequestID"}"""));
        else Take(http.Peer, request);
    }

    private void Take(SimulatedPeer peer, ReadRequest request)
    {
        if (Now > deadline)
            world.Ledger.Break(Invariant.AnsweredInTime, $"Invocation {requestId} was answered {Now - deadline} ms after its deadline.");
        requestId = null;
        world.CheckUnderWay();
        if (isRefused)
        {
            HasRefused = true;
            Queue.Batch.Clear();
            peer.Send(Answers.Json(400, """{"errorType":"Refused"}"""));
            return;
        }

        var isError = request.Line.IndexOf("/error "u8) > 0;
        if (isError != isNonsense)
            world.Ledger.Break(Invariant.NothingBreaks, $"An invocation ended as it should not: {Encoding.UTF8.GetString(request.Body)}");
        else if (!isError) Queue.Settle(FailuresIn(request.Body));
        peer.Send(Answers.Json(202, """{"status":"OK"}"""));
    }

    private static List<string> FailuresIn(byte[] body)
    {
        var failed = new List<string>();
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String) failed.Add(reader.GetString()!);
        }

        return failed;
    }

    /// <summary>Freezes the function until there is something to do.</summary>
    private void Next(SimulatedPeer peer)
    {
        if (polls++ == 0 && Now - bornAt > MaxInit.TotalMilliseconds) world.Ledger.Break(Invariant.AnsweredInTime, $"Init took {Now - bornAt} ms.");
        if (Invocations == world.Scenario.Invocations)
        {
            Finish(peer);
            return;
        }

        if (polls > 1 && IsOneOf(world.Scenario.Restarts))
        {
            IsRestarting = true;
            LetGo(peer);
            return;
        }

        var gap = world.Scenario.IsTrial ? 0
            : chance.Below(8) switch { 0 => chance.Below(3_600_000), 1 or 2 => chance.Below(70_000), 3 or 4 => chance.Below(2000), _ => 0 };
        if (gap > 0) world.Network.Freeze(gap);
        Queue.Receive();
        if (Queue.Batch.Count == 0 && Queue.NextVisible() is { } at && at > Now)
        {
            world.Network.Freeze(at - Now);
            Queue.Receive();
        }

        if (Queue.Batch.Count == 0) Finish(peer);
        else Begin(peer);
    }

    private void Begin(SimulatedPeer peer)
    {
        var id = requestId = $"invocation-{++Invocations}";
        deadline = Now + (world.Scenario.FunctionSeconds * 1000);
        isRefused = !world.Scenario.IsTrial && chance.OneIn(60);
        world.Teller?.Invoke($"{id} at {Now} with {string.Join(", ", Queue.Batch.Select(each => $"{each.Message.Id} ({each.Receive})"))}");
        isNonsense = !world.Scenario.IsTrial && chance.OneIn(100);
        if (isNonsense) Queue.Batch.Clear();
        HasSentNonsense |= isNonsense;
        world.Watch(each => each.InvocationBegins());
        var bytes = isNonsense
            ? Encoding.UTF8.GetBytes(chance.Of("{}", "[]", """{"Records":[{}]}""", """{"Records":""", "null"))
            : EventWriter.Write(world);
        var end = world.Network.Time.GetUtcNow().AddSeconds(world.Scenario.FunctionSeconds).ToUnixTimeMilliseconds();
        var head = $"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: {id}\r\nLambda-Runtime-Deadline-Ms: {Text(end)}\r\n"
            + "Lambda-Runtime-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1\r\n";
        var isChunked = chance.OneIn(4);
        head += isChunked ? $"Transfer-Encoding: chunked\r\n\r\n{bytes.Length:x}\r\n" : $"Content-Length: {Text(bytes.Length)}\r\n\r\n";
        peer.Send([.. Encoding.ASCII.GetBytes(head), .. bytes, .. isChunked ? "\r\n0\r\n\r\n"u8 : default]);
        world.Network.After(deadline - Now + 1, () => EndOf(id, peer));
        PlanTrouble(id);
    }

    /// <summary>
    /// A process that is killed, or stands still. It stands still only before the margin of its deadline: what is left of it then is the
    /// function's to be in time.
    /// </summary>
    private void PlanTrouble(string id)
    {
        if (IsOneOf(world.Scenario.Restarts))
        {
            world.Network.After(chance.Below(chance.Of(50, 500, 5000)), () =>
            {
                if (requestId != id) return;

                requestId = null;
                Queue.Batch.Clear();
                world.Exchanges.Clear();
                IsRestarting = true;
                world.Teller?.Invoke("The process is killed.");
                throw new ProcessKilledException();
            });
        }

        if (!IsOneOf(world.Scenario.Pauses)) return;

        var length = chance.Between(1, 400);
        world.Network.After(chance.Below(chance.Of(20, 100, 5000)), () =>
        {
            if (requestId == id && Now + length < deadline - world.Scenario.Margin) world.Network.Freeze(length);
        });
    }

    private bool IsOneOf(int times) => times > 0 && chance.OneIn(times);

    private void EndOf(string id, SimulatedPeer peer)
    {
        if (requestId != id) return;

        world.Ledger.Break(Invariant.AnsweredInTime, $"{id} was not answered by its deadline.");
        Finish(peer);
    }

    /// <summary>
    /// After a long freeze and a turn of the loop nothing may be open but this connection. What was being opened at the freeze is idle after it,
    /// so there are two.
    /// </summary>
    private void Finish(SimulatedPeer peer)
    {
        if (isFinishing) return;

        isFinishing = true;
        world.Network.Freeze(LongFreeze);
        world.Network.After(100, () =>
        {
            world.Network.Freeze(LongFreeze);
            world.Network.After(100, () => End(peer));
        });
    }

    private void End(SimulatedPeer peer)
    {
        IsOver = true;
        if (world.Network.Connections > 1)
        {
            world.Ledger.Break(
                Invariant.DescriptorsAreBounded, $"{world.Network.Connections - 1} connections are open after a freeze of {LongFreeze / 1000} s.");
        }

        LetGo(peer);
    }

    /// <summary>Either ends the process.</summary>
    private void LetGo(SimulatedPeer peer)
    {
        if (chance.OneIn(8)) peer.End();
        else peer.Send(Answers.Json(500, "{}"));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The process of the function ends in the midst of what it does.</summary>
internal sealed class ProcessKilledException : Exception;
