using System.Net;
using SqsAotLambda.Io;

namespace SqsAotLambda.Tests.Shared;

/// <summary>
/// A network that one number decides: how bytes are cut into packets, how long each takes, when a buffer is full. Of one seed all is the same
/// each time. Nobody waits in it: time jumps to what comes next.
/// </summary>
internal sealed class SimulatedNetwork(ulong seed) : Driver
{
    /// <summary>Standard input, output and error.</summary>
    private const int FirstHandle = 3;

    private readonly PriorityQueue<Action, (long At, long Order)> plan = new();
    private readonly Dictionary<IPEndPoint, SimulatedServer> servers = [];
    private readonly Dictionary<string, Func<(long? Delay, NameAnswer Answer)>> names = [];

    /// <summary>By handle, from <see cref="FirstHandle"/> on; null: it is free.</summary>
    private readonly List<SimulatedPeer?> peers = [];
    private readonly List<Change> news = [];
    private readonly SimulatedClock clock = new();
    private ulong random = (seed * 0x9E3779B97F4A7C15) + 1;
    private long order;

    /// <summary>No place before it is free.</summary>
    private int lowest;

    /// <summary>A name was answered in this wait, which ends it.</summary>
    private bool isAnswered;

    public override TimeProvider Time => clock;

    public override int Descriptors => MaxDescriptors;

    public int MaxDescriptors { get; set; } = 1024;

    /// <summary>The process has sent something on a connection; it goes on afterwards.</summary>
    public Action<int> OnSent { get; set; } = _ => { };

    /// <summary>Milliseconds since the network was made.</summary>
    public long Now => clock.Now;

    /// <summary>That the client has open.</summary>
    public int Connections { get; private set; }

    /// <summary>To connect.</summary>
    public int Attempts { get; private set; }

    /// <summary>That it had open at one time.</summary>
    public int MostConnections { get; private set; }

    /// <summary>Waits, after which the client is taken to turn in circles.</summary>
    public int MaxWaits { get; init; } = int.MaxValue;

    public int Waits { get; private set; }

    /// <summary>The loop is not told of what comes unasked, though it can be read.</summary>
    public bool HidesUnasked { get; set; }

    /// <summary>Is told each thing that happens; null: nobody is.</summary>
    public Action<string>? Teller { get; init; }

    /// <summary>Names, in the order in which they were looked up.</summary>
    public List<string> LookedUp { get; } = [];

    /// <summary>A number that is another one in every other life.</summary>
    public ulong Trace { get; private set; } = 14695981039346656037;

    /// <summary>Whoever connects there has a peer; no server there refuses.</summary>
    /// <param name="serve">Called once the connection is made; it says what the peer does.</param>
    /// <param name="delay">Milliseconds, of connecting; null: up to 30.</param>
    /// <param name="takes">Whether a connection is made now, or never; null: each is.</param>
    /// <param name="link">Null: an ordinary one.</param>
    public SimulatedServer Serve(
        IPEndPoint at, Action<SimulatedPeer> serve, int? delay = null, Func<bool>? takes = null, SimulatedLink? link = null)
    {
        var server = new SimulatedServer(serve, delay, link ?? SimulatedLink.Ordinary) { Takes = takes };
        servers.Add(at, server);
        return server;
    }

    /// <summary>A name that is looked up in this time, or never.</summary>
    /// <param name="delay">Milliseconds; null: there is never an answer.</param>
    public void Name(string name, long? delay, NameAnswer answer) => Name(name, () => (delay, answer));

    /// <summary>A name that is answered in another way each time.</summary>
    public void Name(string name, Func<(long? Delay, NameAnswer Answer)> answer) => names.Add(name, answer);

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

        clock.Now = Math.Max(clock.Now, until);
    }

    /// <summary>The process has ended, and with it all that it had open.</summary>
    public void CloseAll()
    {
        for (var place = 0; place < peers.Count; place++)
        {
            if (peers[place] is not null) Close(place + FirstHandle);
        }
    }

    /// <summary>Tells the loop of a change, once.</summary>
    public void Tell(int handle, bool readable, bool writable)
    {
        for (var index = 0; index < news.Count; index++)
        {
            if (news[index].Handle != handle) continue;

            news[index] = new(handle, news[index].Readable || readable, news[index].Writable || writable, IsPlain: false);
            return;
        }

        news.Add(new(handle, readable, writable, IsPlain: false));
    }

    /// <summary>Adds a number to the trace.</summary>
    public int Noted(int value)
    {
        Trace = (Trace ^ (uint)value) * 1099511628211;
        return value;
    }

    public override int Connect(IPEndPoint to)
    {
        Attempts++;
        var server = servers.GetValueOrDefault(to);
        var peer = new SimulatedPeer(this, TakePlace() + FirstHandle, server?.Link ?? SimulatedLink.Ordinary);
        peers[peer.Handle - FirstHandle] = peer;
        MostConnections = Math.Max(MostConnections, ++Connections);
        Teller?.Invoke($"{peer.Handle} connects to {to}");
        if (Swallows(to.Address) || server?.Takes?.Invoke() is false) return Noted(peer.Handle);

        After(server?.Delay ?? 1 + Below(30), () => Connected(peer, server));
        return Noted(peer.Handle);
    }

    public override int ConnectError(int handle) => PeerOf(handle).IsRefused ? Errno.ConnectionRefused : 0;

    public override int Send(int handle, ReadOnlySpan<byte> bytes)
    {
        var count = Noted(PeerOf(handle).Take(bytes));
        Teller?.Invoke($"{handle} sends {count} of {bytes.Length}");
        OnSent(handle);
        return count;
    }

    public override int Receive(int handle, Span<byte> to)
    {
        var count = Noted(PeerOf(handle).Give(to));
        Teller?.Invoke($"{handle} receives {count}");
        return count;
    }

    public override ConnectionState StateOf(int handle) => PeerOf(handle).State;

    public override void Close(int handle)
    {
        Teller?.Invoke($"{handle} is closed");
        var place = handle - FirstHandle;
        var peer = PeerOf(handle);
        peers[place] = null;
        lowest = Math.Min(lowest, place);
        Connections--;
        for (var index = news.Count - 1; index >= 0; index--)
        {
            if (news[index].Handle == handle) news.RemoveAt(index);
        }

        peer.Closed();
    }

    public override void LookUp(string name, Action<NameAnswer> done)
    {
        Teller?.Invoke($"{name} is looked up");
        LookedUp.Add(name);
        var (delay, answer) = names.TryGetValue(name, out var known) ? known() : (1, new([], "Name or service not known"));
        if (delay is not { } time) return;

        After(time, () =>
        {
            isAnswered = true;
            done(answer);
        });
    }

    public override int Wait(Span<Change> changes, int milliseconds)
    {
        if (++Waits > MaxWaits) throw new InvalidOperationException($"Seed {seed}: the loop turned {MaxWaits} times, and goes on.");

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

            // What happened may have been a freeze beyond it.
            clock.Now = Math.Max(clock.Now, until);
        }

        var told = Math.Min(news.Count, changes.Length);
        for (var index = 0; index < told; index++)
            changes[index] = news[index] with { IsPlain = peers[news[index].Handle - FirstHandle] is { IsPlain: true } };
        news.RemoveRange(0, told);
        Noted((int)clock.Now);
        return told;
    }

    public override void Dispose() { }

    /// <summary>192.0.2.0/24 swallows what is sent there: https://www.rfc-editor.org/rfc/rfc5737.</summary>
    private static bool Swallows(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out var length) && length == 4 && bytes is [192, 0, 2, ..];
    }

    private void Connected(SimulatedPeer peer, SimulatedServer? server)
    {
        if (peer.IsClosed) return;

        peer.IsRefused = server is null || server.IsRefusing;
        Tell(peer.Handle, readable: peer.IsRefused, writable: true);
        if (!peer.IsRefused) server!.Serve(peer);
    }

    /// <summary>The lowest that is free, as the kernel does.</summary>
    private int TakePlace()
    {
        while (lowest < peers.Count && peers[lowest] is not null) lowest++;
        if (lowest == peers.Count) peers.Add(null);
        return lowest++;
    }

    private SimulatedPeer PeerOf(int handle) => peers[handle - FirstHandle] ?? throw new InvalidOperationException($"{handle} is not open.");
}
