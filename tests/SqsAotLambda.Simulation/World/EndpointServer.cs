using System.Globalization;
using System.Text;
using SqsAotLambda.Simulation.Checking;

namespace SqsAotLambda.Simulation.World;

/// <summary>A server of what is forwarded.</summary>
internal sealed class EndpointServer
{
    private static readonly Manner[] Manners = Enum.GetValues<Manner>();

    private readonly int host;
    private readonly Universe world;
    private readonly Chance chance;
    private readonly Mood mood;

    /// <summary>Of each so many requests one is answered in an odd manner; 0: none is.</summary>
    private readonly int whims;

    /// <summary>Milliseconds that it takes for an answer, at most.</summary>
    private readonly int pace;

    /// <summary>Milliseconds after which it closes an idle connection; null: never.</summary>
    private readonly int? idle;

    private readonly Habit habit;

    /// <summary>A header that tells how long it keeps connections; empty: it tells nothing.</summary>
    private readonly string promise = "";

    public EndpointServer(int host, Universe world, Chance chance)
    {
        (this.host, this.world, this.chance) = (host, world, chance);
        var isCalm = world.Scenario.Pressure.IsCalm;
        whims = isCalm ? 0 : chance.Of(0, 0, 20, 6, 2);
        pace = isCalm ? 30 : chance.Of(30, 30, 30, 30, 1000, 4000);
        idle = !isCalm && chance.OneIn(2) ? chance.Of(50, 1000, 5000, 20_000) : null;
        habit = isCalm ? Habit.Keeps : chance.Of(Habit.Keeps, Habit.Keeps, Habit.Keeps, Habit.Keeps, Habit.Closes, Habit.Ends);
        if (idle >= 1000 && chance.OneIn(2)) promise = $"Keep-Alive: timeout={idle / 1000}\r\n";
        mood = new(world, chance, world.Serve($"h{host}.test", (byte)(10 + host), Serve));
        mood.Plan();
    }

    private void Serve(SimulatedPeer peer)
    {
        Exchange? exchange = null;
        HttpPeer? http = null;
        http = new(peer)
        {
            OnHead = request =>
            {
                exchange = Begin(http!, request);
                if (exchange is not null) AtHead(exchange);
            },
            OnWhole = _ =>
            {
                if (exchange is not null) AtEnd(exchange);
            },
        };
        CloseWhenIdle(http);
    }

    /// <returns>Null: the request is none of a message.</returns>
    private Exchange? Begin(HttpPeer http, ReadRequest request)
    {
        var number = SimulatedMessage.NumberIn(request.Header("\nX-Aws-Sqsd-Msgid: "u8));
        if (number is null || request.Number("\nX-Aws-Sqsd-Receive-Count: "u8) is not { } receive)
        {
            world.Ledger.Break(Invariant.RequestsAreWhole, $"A request tells no message: {Encoding.ASCII.GetString(request.Head)}");
            return null;
        }

        var message = world.Queue.Messages[number.Value];
        world.Teller?.Invoke($"h{host} at {world.Network.Now}: {request} of {message.Id} ({receive})");
        CheckHead(message, receive, request);
        var manner = whims > 0 && chance.OneIn(whims) ? Manners[chance.Below(Manners.Length)] : Manner.Plainly;
        // While a long body is on its way.
        if (whims > 0 && request.Length > 1000 && chance.OneIn(3))
            manner = chance.Of(Manner.Early, Manner.EarlyAndStall, Manner.EarlyAndLeave, Manner.Reset);
        var exchange = Make(http, request, message, receive, manner);
        world.CheckRepeated(exchange);
        world.Exchanges.Add(exchange);
        world.Watch(each => each.Asked(exchange));
        if (habit is not Habit.Ends || !exchange.IsOfReused || !chance.OneIn(2)) return exchange;

        exchange.IsGivenUp = true;
        End(http.Peer);
        return null;
    }

    private Exchange Make(HttpPeer http, ReadRequest request, SimulatedMessage message, int receive, Manner manner)
    {
        var isThrottled = false;
        var status = RequestCheck.IsOutdated(world, message, request) ? 401 : mood.StatusFor(message, out isThrottled);
        // What is answered oddly has odd headers alone.
        var disposition = manner is Manner.Oddly ? null : world.Scenario.Pressure.NextDisposition();
        var asksToWait = manner is not Manner.Oddly && status is 429 or 503 && (isThrottled || chance.OneIn(2));
        var headers = asksToWait ? $"Retry-After: {(isThrottled ? 1 : chance.Below(100)).ToString(CultureInfo.InvariantCulture)}\r\n" : "";
        return new(http, request, message, receive, manner, status)
        {
            Route = world.Scenario.RouteOf(message) ?? "",
            Invocation = world.Lambda.Invocations,
            AskedAt = world.Network.Now,
            Headers = disposition is null ? headers : $"{headers}Forward-Disposition: {disposition}\r\n",
            Disposition = disposition,
        };
    }

    /// <summary>Ends a connection as one that is idle, though a request has come.</summary>
    private void End(SimulatedPeer peer)
    {
        var how = chance.Below(3);
        if (how == 0) peer.Reset();
        if (how == 1) peer.Send(Answers.Whole(408, "", chance.Of("", "Connection: close\r\n")));
        if (how > 0) peer.Leave();
    }

    private void CheckHead(SimulatedMessage message, int receive, ReadRequest request)
    {
        if (world.Queue.UndoneAhead(message, receive) is { } undone)
            world.Ledger.Break(Invariant.OrderIsKept, $"{message.Id} was sent before {undone.Id} of its group was done.");
        if (RequestCheck.FaultOf(world, message, host, request) is { } what)
            world.Ledger.Break(Invariant.RequestsAreWhole, $"{message.Id}: {what}: {Encoding.ASCII.GetString(request.Head)}");
    }

    private void AtHead(Exchange exchange)
    {
        var peer = exchange.Http.Peer;
        switch (exchange.Manner)
        {
            case Manner.Early:
                Answer(exchange);
                break;
            case Manner.EarlyAndStall:
                peer.Limit(chance.Below(4000));
                Answer(exchange);
                if (chance.OneIn(2)) world.Network.After(chance.Below(10_000), () => peer.Limit(null));
                break;
            case Manner.EarlyAndLeave:
                Answer(exchange);
                if (chance.OneIn(2)) peer.Leave();
                else peer.Reset();
                break;
            case Manner.Reset when chance.OneIn(2):
                peer.Reset();
                break;
        }
    }

    private void AtEnd(Exchange exchange)
    {
        if (RequestCheck.FaultOfBody(world, exchange.Message, exchange.Request) is { } what)
            world.Ledger.Break(Invariant.RequestsAreWhole, $"{exchange.Message.Id}: {what}.");
        if (exchange.IsAnswered) Accept(exchange);
        else if (exchange.Manner is Manner.Reset) exchange.Http.Peer.Reset();
        else if (exchange.Manner is Manner.Leave) exchange.Http.Peer.Leave();
        else if (exchange.Manner is Manner.Late) world.Network.After(chance.Below(20_000), () => Answer(exchange));
        else if (exchange.Manner is not Manner.Never) world.Network.After(chance.Below(pace), () => Answer(exchange));
        CloseWhenIdle(exchange.Http);
    }

    /// <summary>The answer is on its way, and the whole request is there: it is done, whether or not anybody waits for it.</summary>
    private void Accept(Exchange exchange)
    {
        if (!exchange.Request.IsWhole || !exchange.IsAnswered) return;

        exchange.Message.WasDropped |= exchange.Verdict is Verdict.Drops;
        if (exchange.Verdict is not Verdict.Accepts) return;

        exchange.Message.WasAccepted = true;
        exchange.Message.AcceptedAt ??= world.Network.Now;
    }

    private void Answer(Exchange exchange)
    {
        var (peer, status) = (exchange.Http.Peer, exchange.Status);
        if (exchange.Manner is Manner.HalfHead or Manner.Malformed)
        {
            peer.Send(exchange.Manner is Manner.Malformed ? AnswersOfEndpoints.None(chance) : "HTTP/1.1 200 OK\r\nContent-Le"u8);
            if (exchange.Manner is Manner.HalfHead) peer.Leave();
            return;
        }

        exchange.Message.Statuses.Add((exchange.Receive, status));
        exchange.IsAnswered = true;
        world.Give(exchange);
        Accept(exchange);
        world.Teller?.Invoke($"h{host} at {world.Network.Now}: {status} to {exchange.Message.Id} ({exchange.Receive}), {exchange.Manner}");
        if (exchange.Manner is Manner.AfterInterim)
        {
            for (var count = chance.Below(40); count >= 0; count--) peer.Send("HTTP/1.1 102 Processing\r\n\r\n"u8);
        }

        var answer = AnswersOfEndpoints.To(exchange, chance, promise);
        if (exchange.Manner is Manner.CutRecord && peer.Tls is not null) peer.SendInPart(answer);
        else peer.Send(answer);
        AfterAnswer(exchange);
    }

    private void AfterAnswer(Exchange exchange)
    {
        var (peer, asked) = (exchange.Http.Peer, exchange.Http.Peer.Asked);
        if (habit is Habit.Closes && exchange.Manner is Manner.Plainly) peer.Leave();
        switch (exchange.Manner)
        {
            case Manner.AndLeave or Manner.Cut or Manner.CutRecord:
                peer.Leave();
                break;
            case Manner.UntilClosed:
                world.Network.After(chance.Of(0, 100, 5000), peer.Leave);
                break;
            case Manner.AndEnd:
                peer.End();
                break;
            case Manner.Twice:
                world.Network.After(chance.Of(0, 1, 100), () => peer.SendUnasked(Answers.Whole(chance.Of(200, 200, 400), ""), asked));
                break;
            case Manner.AndHalfRecord when peer.Tls is not null:
                world.Network.After(chance.Of(0, 1, 100), () => BeginRecord(peer, asked));
                break;
        }
    }

    /// <param name="asked">Then nobody had asked for anything else.</param>
    private void BeginRecord(SimulatedPeer peer, long asked)
    {
        if (peer.Asked != asked) return;

        peer.SendInPart("HTTP/1.1 200 OK\r\n\r\n"u8);
        if (chance.OneIn(3)) peer.Leave();
    }

    private void CloseWhenIdle(HttpPeer http)
    {
        if (idle is not { } time) return;

        var requests = http.Requests;
        world.Network.After(time, () =>
        {
            if (http.Requests != requests || http.Peer.IsClosed) return;

            // It does not mind that a request may be waiting for its answer.
            foreach (var exchange in world.Exchanges.FindAll(each => each.Http == http && !each.IsAnswered)) exchange.IsGivenUp = true;
            if (chance.OneIn(4)) http.Peer.Send(Answers.Whole(408, "", "Connection: close\r\n"));
            http.Peer.Leave();
        });
    }
}
