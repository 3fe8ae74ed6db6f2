using System.Net;
using SqsAotLambda.Io;

namespace SqsAotLambda.Tests.Shared;

/// <summary>
/// A network that one number decides: how bytes are cut into packets, how long each takes, when a buffer is full. Of one seed all is the same
/// each time. Nobody waits in it: time jumps to what comes next.
/// </summary>
internal sealed class SimulatedNetwork(ulong seed) : Driver
{
    private readonly PriorityQueue<Action, (long At, long Order)> plan = new();
    private readonly Dictionary<IPEndPoint, (Action<SimulatedPeer> Serve, int? Delay, Func<bool> Takes)> servers = [];
    private readonly Dictionary<string, (long Delay, NameAnswer Answer)> names = [];
    private readonly Dictionary<int, SimulatedPeer> peers = [];
    private readonly List<Change> news = [];
    private readonly SimulatedClock clock = new();
    private ulong random = (seed * 0x9E3779B97F4A7C15) + 1;
    private long order;

    /// <summary>A name was answered in this wait, which ends it.</summary>
    private bool isAnswered;

    public override TimeProvider Time => clock;

    public override int Descriptors => MaxDescriptors;

    public int MaxDescriptors { get; init; } = 1024;

    /// <summary>The process has sent something on a connection; it goes on afterwards.</summary>
    public Action<int> OnSent { get; set; } = _ => { };

    /// <summary>That the client has open.</summary>
    public int Connections => peers.Count;

    /// <summary>To connect.</summary>
    public int Attempts { get; private set; }

    /// <summary>Names, in the order in which they were looked up.</summary>
    public List<string> LookedUp { get; } = [];

    /// <summary>A number that is another one in every other life.</summary>
    public ulong Trace { get; private set; } = 14695981039346656037;

    /// <summary>Whoever connects there has a peer; no server there refuses.</summary>
    /// <param name="serve">Called once the connection is made; it says what the peer does.</param>
    /// <param name="delay">Milliseconds, of connecting; null: up to 30.</param>
    /// <param name="takes">Whether a connection is made now, or never; null: each is.</param>
    public void Serve(IPEndPoint at, Action<SimulatedPeer> serve, int? delay = null, Func<bool>? takes = null) =>
        servers.Add(at, (serve, delay, takes ?? (() => true)));

    /// <summary>A name that is looked up in this time, or never.</summary>
    /// <param name="delay">Milliseconds; null: there is never an answer.</param>
    public void Name(string name, long? delay, NameAnswer answer) => names.Add(name, (delay ?? -1, answer));

    /// <summary>Does something later.</summary>
    public void After(long milliseconds, Action action) => plan.Enqueue(action, (clock.Now + milliseconds, order++));

    /// <summary>0 up to, not including, the limit.</summary>
    public int Below(int limit)
    {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        return (int)((random >> 16) % (uint)Math.Max(1, limit));
    }

    /// <summary>The process stops for so many milliseconds, and the world goes on.</summary>
    public void Freeze(long milliseconds)
    {
        var until = clock.Now + milliseconds;
        while (plan.TryPeek(out _, out var next) && next.At <= until)
        {
            clock.Now = Math.Max(clock.Now, next.At);
            plan.Dequeue()();
        }

        clock.Now = until;
    }

    /// <summary>Tells the loop of a change, once.</summary>
    public void Tell(int handle, bool readable, bool writable) => news.Add(new(handle, readable, writable));

    public override int Connect(IPEndPoint to)
    {
        Attempts++;
        // The lowest that is free, as the kernel does.
        var handle = Enumerable.Range(3, int.MaxValue - 3).First(number => !peers.ContainsKey(number));
        var peer = new SimulatedPeer(this, handle, IsRefused: !servers.ContainsKey(to));
        peers.Add(peer.Handle, peer);
        // 192.0.2.0/24 swallows what is sent there: https://www.rfc-editor.org/rfc/rfc5737.
        if (to.Address.ToString().StartsWith("192.0.2.", StringComparison.Ordinal)) return peer.Handle;
        if (servers.TryGetValue(to, out var server) && !server.Takes()) return peer.Handle;

        After(servers.GetValueOrDefault(to).Delay ?? 1 + Below(30), () =>
        {
            if (peer.IsClosed) return;
            if (!peer.IsRefused) servers[to].Serve(peer);
            Tell(peer.Handle, readable: peer.IsRefused, writable: true);
        });
        return Noted(peer.Handle);
    }

    public override int ConnectError(int handle) => peers[handle].IsRefused ? Errno.ConnectionRefused : 0;

    public override int Send(int handle, ReadOnlySpan<byte> bytes)
    {
        var sent = Noted(peers[handle].Take(bytes));
        OnSent(handle);
        return sent;
    }

    public override int Receive(int handle, Span<byte> to) => Noted(peers[handle].Give(to));

    public override ConnectionState StateOf(int handle) => peers[handle].State;

    public override void Close(int handle)
    {
        peers[handle].Closed();
        peers.Remove(handle);
        news.RemoveAll(change => change.Handle == handle);
    }

    public override void LookUp(string name, Action<NameAnswer> done)
    {
        LookedUp.Add(name);
        var (delay, answer) = names.GetValueOrDefault(name, (1, new([], "Name or service not known")));
        if (delay < 0) return;

        After(delay, () =>
        {
            isAnswered = true;
            done(answer);
        });
    }

    public override int Wait(Span<Change> changes, int milliseconds)
    {
        var until = milliseconds < 0 ? long.MaxValue : clock.Now + milliseconds;
        isAnswered = false;
        // All that happens at one moment is told together.
        while (plan.TryPeek(out _, out var next) && next.At <= (news.Count == 0 && !isAnswered ? until : clock.Now))
        {
            clock.Now = Math.Max(clock.Now, next.At);
            plan.Dequeue()();
        }

        if (news.Count == 0 && !isAnswered)
        {
            if (milliseconds < 0) throw new InvalidOperationException($"Seed {seed}: nothing will ever happen again.");

            clock.Now = until;
        }

        news.RemoveAll(change => !peers.ContainsKey(change.Handle));
        var told = Math.Min(news.Count, changes.Length);
        for (var index = 0; index < told; index++) changes[index] = news[index];
        news.RemoveRange(0, told);
        Noted((int)clock.Now);
        return told;
    }

    public override void Dispose() { }

    private int Noted(int value)
    {
        Trace = (Trace ^ (uint)value) * 1099511628211;
        return value;
    }
}

/// <summary>Milliseconds that the network sets.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    public long Now { get; set; }

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => Now;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMilliseconds(Now);
}
