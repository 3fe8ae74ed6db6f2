using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Tests.Support;

/// <summary>A function in a simulated network, whose servers answer 200 unless they are told otherwise.</summary>
internal sealed class SimulatedWorld(int descriptors = 1024) : IDisposable
{
    private readonly List<IDisposable> owned = [];
    private readonly MemoryStream log = new();
    private readonly HashSet<string> secured = [];
    private int servers;

    public SimulatedNetwork Network { get; } = new(seed: 1) { MaxDescriptors = descriptors };

    public Loop Loop => field ??= new(Network);

    public SimulatedTls Tls => field ??= new(Network);

    /// <summary>The bodies of requests, in the order in which they were read whole.</summary>
    public List<string> Received { get; } = [];

    /// <summary>The most connections that the function had open at once.</summary>
    public int MostConnections { get; private set; }

    /// <summary>A server of that name.</summary>
    /// <param name="answerAfter">Milliseconds.</param>
    /// <param name="most">Connections that it takes; others are never made.</param>
    public IPEndPoint Serve(string name, int answerAfter = 1, int most = int.MaxValue)
    {
        var at = new IPEndPoint(new IPAddress([10, 0, 0, (byte)++servers]), 80);
        Network.Name(name, 1, new([at.Address], null));
        Network.Serve(at, peer => Answer(peer, answerAfter), takes: () => most-- > 0);
        return at;
    }

    /// <summary>A server of that name, and what it does with each request.</summary>
    /// <param name="connectsIn">Milliseconds; null: up to 30.</param>
    /// <param name="onConnected">Null: nothing happens to a new connection.</param>
    public void Script(
        string name, Action<SimulatedPeer, SimulatedRequest> script, int? connectsIn = null, Action<SimulatedPeer>? onConnected = null)
    {
        var (at, connections) = (new IPEndPoint(new IPAddress([10, 0, 0, (byte)++servers]), 80), 0);
        Network.Name(name, 1, new([at.Address], null));
        Network.Serve(at, Listen, connectsIn);

        void Listen(SimulatedPeer peer)
        {
            var (connection, number) = (++connections, 0);
            onConnected?.Invoke(peer);
            Read(peer, (head, body) => script(peer, new(connection, ++number, head, body)));
        }
    }

    /// <summary>A server of that name that speaks TLS.</summary>
    /// <param name="manner">Asked for each connection.</param>
    /// <param name="serve">Null: it answers each request with 200.</param>
    /// <param name="connectsIn">Milliseconds.</param>
    /// <param name="link">Null: all arrives at once.</param>
    public void Secure(
        string name, Func<TlsManner> manner, Action<SimulatedPeer>? serve = null, int connectsIn = 1, SimulatedLink? link = null)
    {
        var at = new IPEndPoint(new IPAddress([10, 0, 0, (byte)++servers]), 443);
        secured.Add(name);
        Network.Name(name, 1, new([at.Address], null));
        var server = new SimulatedTlsServer(Network, name, serve ?? (peer => Answer(peer)), manner);
        Network.Serve(at, server.Serve, connectsIn, link: link ?? new(MaxPiece: int.MaxValue - 1, MaxDelay: 1, BusyOneIn: 0, LeastPiece: 1152));
    }

    /// <summary>What a server does on a connection: it answers each request with 200.</summary>
    public void Answer(SimulatedPeer peer, int after = 1) => Read(peer, (_, _) => Network.After(after, () => Accept(peer)));

    public static void Accept(SimulatedPeer peer) => peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8);

    /// <summary>A function with a route to each of these names, which a message's attribute gives.</summary>
    public Function Compose(IEnumerable<string> names, params (string Name, string Value)[] settings)
    {
        var routes = names.Select(name =>
            $$"""{ "name": "{{name}}", "url": "{{SchemeOf(name)}}://{{name}}/", "when": { "attribute:to": "{{name}}" } }""");
        var all = Given.Settings(
            new("http://unused.example/"), [("FORWARD_ROUTES", $"[{string.Join(',', routes)}]"), ("FORWARD_BACKOFF_BASE", "0s"), .. settings]);
        var function = Function.Compose(all, new(new JsonLog(log, LogLevel.Info, Loop.Time), Loop) { Tls = Tls });
        owned.Add(function);
        return function;
    }

    public static Message To(string name, string body, int receives = 1) =>
        Given.Message(body, body) with { Attributes = [new("to", "String", name)], ReceiveCount = receives };

    /// <summary>Delivers a batch.</summary>
    /// <param name="lifetime">Milliseconds until Lambda ends the invocation.</param>
    /// <returns>The ids of what failed, and how many milliseconds it took.</returns>
    public (string[] Failed, long Took) Handle(Function function, int lifetime, params IEnumerable<Message> messages)
    {
        Message[] batch = [.. messages.Select((message, position) => message with { Position = position })];
        return Loop.Run(async () =>
        {
            var start = Loop.Now;
            var failed = await function.HandleAsync(Given.Invocation(batch, Loop.Time, TimeSpan.FromMilliseconds(lifetime)));
            return (failed.Select(message => message.Id).ToArray(), Loop.Now - start);
        });
    }

    /// <summary>The lines of the log by this name.</summary>
    public IEnumerable<JsonElement> Lines(string name) => Encoding.UTF8.GetString(log.ToArray())
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
        .Where(line => line.GetProperty("message").GetString() == name);

    /// <summary>A metric, of all batches together.</summary>
    public int Metric(string name) => Lines("BatchMetrics").Sum(line => line.GetProperty(name).GetInt32());

    public void Dispose()
    {
        owned.ForEach(each => each.Dispose());
        log.Dispose();
        Network.Dispose();
    }

    private string SchemeOf(string name) => secured.Contains(name) ? "https" : "http";

    private void Read(SimulatedPeer peer, Action<string, string> onWhole)
    {
        var read = "";
        peer.OnBytes = bytes =>
        {
            MostConnections = Math.Max(MostConnections, Network.Connections);
            read += Encoding.ASCII.GetString(bytes);
            if (BodyOf(read) is not { } body) return;

            var head = read;
            read = "";
            Received.Add(body);
            onWhole(head, body);
        };
    }

    /// <summary>Of a request that was read whole; null: it was not.</summary>
    private static string? BodyOf(string read)
    {
        const string Length = "Content-Length: ";
        var end = read.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return null;

        var at = read.IndexOf(Length, StringComparison.Ordinal) + Length.Length;
        var length = int.Parse(read.AsSpan(at, read.IndexOf('\r', at) - at), CultureInfo.InvariantCulture);
        return read.Length >= end + 4 + length ? read[(end + 4)..] : null;
    }
}

/// <summary>A request as a server of the simulated network read it.</summary>
/// <param name="Connection">Which connection it came over, from 1.</param>
/// <param name="Number">Which request of this connection it is, from 1.</param>
/// <param name="Head">With all that was read.</param>
internal readonly record struct SimulatedRequest(int Connection, int Number, string Head, string Body);
