using System.Net;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Requests;
using SqsAotLambda.Settings;
using SqsAotLambda.Simulation.Checking;

namespace SqsAotLambda.Simulation.World;

/// <summary>Everything around one function, made of one seed.</summary>
internal sealed class Universe
{
    /// <summary>
    /// In bytes: Linux's smallest receive buffer. The function takes it for granted that a request of 1,000 bytes travels in one packet, with TLS
    /// too: an answer to it says that it has arrived.
    /// </summary>
    private const int LeastPacket = 1152;

    private static readonly SimulatedLink Local = new(64 * 1024, 1, 0, LeastPacket);

    private static readonly byte[] Body = Encoding.UTF8.GetBytes(SimulatedMessage.Private);

    private readonly Chance chance;
    private readonly List<byte[]> secrets = [];
    private readonly long[] met = new long[Enum.GetValues<Occasion>().Length];
    private readonly CopyWatch copies;
    private readonly IReadOnlyList<Watch> watches;

    /// <param name="tell">Null: nobody is told what happens.</param>
    /// <param name="isTrial">Of good messages among bad ones.</param>
    public Universe(ulong seed, Action<string>? tell, bool isTrial = false)
    {
        chance = new(seed);
        Network = new(seed) { Teller = tell, MaxWaits = 1_000_000 };
        Tls = new(Network);
        Scenario = new(chance, isTrial);
        Scenario.Secrets.ForEach(AddSecret);
        copies = new(this);
        watches = [copies, new GroupWatch(this), new RoundWatch(this), new PaceWatch(this), new BreakerWatch(this)];
        Network.MaxDescriptors = !Scenario.Pressure.IsCalm && chance.OneIn(10) ? chance.Between(32, 200) : 1024;
        Queue = new(Scenario, Network, chance, Ledger);
        if (isTrial) Queue.FillTrial();
        else Queue.Fill();
        Lambda = new(this);
        Log = new(this);
        Network.Serve(At(127, 0, 0, 1, 9001), Lambda.Serve, delay: 0, link: Local);
        AddAws();
        if (chance.OneIn(5)) Network.After(chance.Below(400_000), Rotate);
        for (var host = 0; host < Scenario.Hosts; host++) Endpoints.Add(new(host, this, chance));
    }

    public SimulatedNetwork Network { get; }

    public SimulatedTls Tls { get; }

    public Scenario Scenario { get; }

    public SimulatedQueue Queue { get; }

    public LambdaServer Lambda { get; }

    public LogWatch Log { get; }

    public Ledger Ledger { get; } = new();

    public List<EndpointServer> Endpoints { get; } = [];

    /// <summary>The requests that endpoints got since the last invocation was answered.</summary>
    public List<Exchange> Exchanges { get; } = [];

    public HashSet<string> Tokens { get; } = [];

    /// <summary>What the function made of its variables; null: it has not yet.</summary>
    public FunctionSettings? Settings { get; set; }

    /// <summary>Null: nobody is told what happens.</summary>
    public Action<string>? Teller => Network.Teller;

    /// <summary>An address of a server, by a name that is answered as chance has it.</summary>
    public SimulatedServer Serve(string name, byte number, Action<SimulatedPeer> serve)
    {
        var address = new IPAddress([10, 0, 0, number]);
        var isCalm = Scenario.Pressure.IsCalm;
        var isQuick = isCalm || chance.OneIn(3);
        var whims = !isCalm && chance.OneIn(4) ? chance.Between(2, 8) : 0;
        IPAddress[] all = !isCalm && chance.OneIn(12) ? [new([192, 0, 2, number]), address] : [address];
        Network.Name(name, () => (whims > 0 && chance.OneIn(whims) ? chance.Below(4) : 4) switch
        {
            0 => (null, default),
            1 => (chance.Below(8000), new(all, null)),
            2 => (chance.Below(50), new([], "Temporary failure in name resolution")),
            3 => (chance.Below(50), new([new([192, 0, 2, number])], null)),
            _ => (isQuick ? 0 : chance.Below(30), new(all, null)),
        });
        var (link, delay) = (LinkOf(isQuick), isQuick ? 1 : (int?)null);
        if (!Scenario.IsSecured(name)) return Network.Serve(new(address, 80), serve, delay, link: link);

        var secured = new SimulatedTlsServer(Network, name, serve, new TlsWhims(chance, isCalm).Next);
        return Network.Serve(new(address, 443), secured.Serve, delay, link: link);
    }

    /// <summary>Of a secret that is made in the course of a life.</summary>
    public void AddSecret(string secret) => secrets.Add(Encoding.UTF8.GetBytes(secret));

    public void Met(Occasion occasion) => met[(int)occasion]++;

    public long CountOf(Occasion occasion) => met[(int)occasion];

    public void Watch(Action<Watch> tell)
    {
        foreach (var each in watches) tell(each);
    }

    /// <summary>A message was copied to the dead-letter queue, or is about to be.</summary>
    public void Copied(SimulatedMessage message, JsonElement failure) => copies.Copied(message, failure);

    /// <summary>An answer is given.</summary>
    public void Give(Exchange exchange)
    {
        if (RouteOf(exchange.Message) is not { } route) return;

        var verdict = Verdicts.Of(exchange, route);
        exchange.Verdict = verdict;
        exchange.Message.Verdicts.Add((exchange.Receive, exchange.Status, verdict, exchange.Invocation));
        Watch(each => each.Answered(exchange));
        if (exchange.Disposition is not { } said) return;

        Met(route.Statuses.HeedsDisposition ? Occasion.Disposition : Occasion.UnheededDisposition);
        if (said is "later") Met(Occasion.UnknownDisposition);
        if (!exchange.Request.IsWhole && verdict is Verdict.Accepts or Verdict.Drops) Met(Occasion.EarlyDisposition);
    }

    /// <summary>Whether this status accepts a message, by the settings of its route.</summary>
    public bool Accepts(SimulatedMessage message, int status) => RouteOf(message)?.Statuses.Success.Contains(status) is true;

    /// <summary>A second request of a message must have its reason, and there is no third.</summary>
    public void CheckRepeated(Exchange exchange)
    {
        var (message, receive) = (exchange.Message, exchange.Receive);
        var earlier = Exchanges.FindAll(each => each.Message == message && each.Receive == receive);
        if (earlier.Count == 0) return;

        // The first may arrive last: the function has closed its connection by then.
        var isFirst = exchange.Http.Peer.IsClosed && earlier is [{ Http.Peer.IsClosed: false }];
        var (first, second) = isFirst ? (exchange, earlier[0]) : (earlier[0], exchange);
        var again = $"{message.Id} was sent again on receive {receive}";
        if (first is { IsHeard: true, IsGivenUp: false })
            Ledger.Break(Invariant.NoRequestIsRepeated, $"{again}, though it was answered, if only in part.");

        var mayGoAgain = earlier.Count == 1 && (first.IsOfReused || first.IsGivenUp) && !second.IsOfReused && RouteOf(message)?.Resend is true;
        if (!mayGoAgain) Ledger.Break(Invariant.OneMoreTryAtMost, $"{again}, after {earlier.Count} requests.");
    }

    /// <summary>A status that the function tells must be one that the message was given on this receive.</summary>
    public void CheckStatus(SimulatedMessage message, int receive, int status, string where)
    {
        // An idle connection that is closed with a 408 may meet a request that is on its way.
        if (status == 408 || message.Statuses.Contains((receive, status))) return;

        Ledger.Break(
            Invariant.EachAnswerIsItsOwn, $"{where} says {status} of {message.Id} on receive {receive}. {SimulatedQueue.StatusesOf(message)}");
    }

    /// <summary>What the function writes for people holds neither a body nor a secret.</summary>
    public void CheckText(ReadOnlySpan<byte> text, string where)
    {
        if (text.IndexOf(Body) >= 0) Ledger.Break(Invariant.LinesAreSafe, $"{where} holds a body: {Encoding.UTF8.GetString(text)}");
        foreach (var secret in secrets)
        {
            if (text.IndexOf(secret) >= 0) Ledger.Break(Invariant.LinesAreSafe, $"{where} holds a secret: {Encoding.UTF8.GetString(text)}");
        }
    }

    public string Summary =>
        $"{Lambda.Invocations} invocations, {Queue.Messages.Count} messages, {Network.Now / 1000.0} s, {Network.Waits} turns, "
            + $"{Network.MostConnections} connections at once: {Queue.Messages.Count(message => message.WasAccepted)} accepted, "
            + $"{Queue.Messages.Count(message => message.WasDropped)} dropped, {Queue.Messages.Count(message => message.IsDeadLetter)} dead letters, "
            + $"{Queue.Messages.Count(message => !message.IsDeleted)} still on the queue";

    /// <summary>What holds when an invocation is answered: each of its requests was answered, or its connection is closed.</summary>
    public void CheckUnderWay()
    {
        foreach (var exchange in Exchanges)
        {
            if (exchange.IsAnswered || exchange.Http.Peer.IsClosed) continue;

            Ledger.Break(Invariant.NothingIsUnderWay, $"The request of {exchange.Message.Id} on receive {exchange.Receive} is still under way.");
        }

        Exchanges.Clear();
        Watch(each => each.InvocationEnds());
    }

    /// <summary>What holds at the end of a life.</summary>
    public void Judge()
    {
        Queue.Judge();
        if (Scenario.Pressure.Strain is not Strain.None) Met(Occasion.LifeOfThrottles + (int)Scenario.Pressure.Strain - 1);
        if (Scenario.Pressure.IsWithoutDeadLetters) Met(Occasion.LifeWithoutDeadLetters);
        var most = Math.Min(Scenario.MostConnections, Network.MaxDescriptors);
        if (Network.MostConnections > most)
            Ledger.Break(Invariant.DescriptorsAreBounded, $"{Network.MostConnections} connections were open at once, and {most} are allowed.");
    }

    /// <summary>What is stored for credentials is another secret from now on, and the one before is refused.</summary>
    private void Rotate()
    {
        foreach (var proof in Scenario.Proofs.Values)
        {
            if (proof.Type == "oauth2" || proof.Arn is not { } arn) continue;

            proof.Next = $"{proof.Secret}-next";
            Scenario.Stored[arn] = proof.Next;
        }
    }

    private Route? RouteOf(SimulatedMessage message)
    {
        foreach (var route in Settings!.Routes)
        {
            if (route.Name == message.Kind || route.Name == "default") return route;
        }

        return null;
    }

    private static IPEndPoint At(byte a, byte b, byte c, byte d, int port) => new(new IPAddress([a, b, c, d]), port);

    private SimulatedLink LinkOf(bool isQuick) => isQuick
        ? new(16 * 1024, 2, 0, LeastPacket)
        : new(chance.Of(300, 1500, 1500, 20_000), chance.Of(3, 10, 40), chance.Of(0, 4, 10), LeastPacket);

    private void AddAws()
    {
        var sqs = new SqsServer(this, chance);
        Serve("sqs.test", 200, sqs.Serve);
        var secrets = new SecretServer(this, chance);
        Serve("secrets.test", 201, secrets.Serve);
        Serve("ssm.test", 202, secrets.Serve);
        Serve("token.test", 203, secrets.Serve);
    }
}
