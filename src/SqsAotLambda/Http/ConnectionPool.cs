using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace SqsAotLambda.Http;

/// <summary>Connections over TCP and TLS that are kept open from one request to the next, by origin.</summary>
/// <param name="connectTimeout">For TCP and TLS together.</param>
/// <param name="maxBody">Longest response body taken, in bytes.</param>
internal sealed class ConnectionPool(Dial dial, TrustStore trust, TimeSpan connectTimeout, int maxBody, TimeProvider time) : IDisposable
{
    /// <summary>Below the 60 s after which a load balancer closes an idle connection by default.</summary>
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(50);

    /// <summary>A change of a host's addresses is seen after this.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan MaxPreconnect = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<Origin, Stack<Pooled>> idle = [];

    /// <summary>Where the idle connections for the URL are that was asked for last, which most often is the next one, too.</summary>
    private (Uri Url, Stack<Pooled> Idle)? last;

    /// <summary>Sends a request and reads its whole response, whose memory is the caller's.</summary>
    /// <exception cref="HttpFaultException">No answer came, or not in time.</exception>
    public async Task<Response> FetchAsync(Request request, TimeSpan timeout, CancellationToken deadline)
    {
        Pooled? pooled = null;
        try
        {
            pooled = await RentAsync(request.Url, timeout, deadline);
            var connection = pooled.Connection;
            var head = await connection.ExchangeAsync(request);
            if (!connection.TryDrain(head, out var reusable)) reusable = await connection.DrainAsync(head);
            if (!connection.IsWhole) throw new HttpFaultException(pooled.IsOverdue ? Fault.Timeout : Fault.Truncated, new IOException("The body was cut."));

            var response = new Response(head, connection.Body.ToArray(), reusable);
            Return(pooled, reusable);
            return response;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpFaultException || pooled is not null)
        {
            if (FaultOf(pooled, e) is { } fault && e is not HttpFaultException) throw new HttpFaultException(fault, e);

            throw;
        }
    }

    /// <summary>Opens a connection ahead of the first request, for a second at most; that it can't be opened, the first request tells.</summary>
    public async Task PreconnectAsync(Uri url)
    {
        try
        {
            Return(await RentAsync(url, MaxPreconnect, CancellationToken.None), reusable: true);
        }
        catch (Exception e) when (e is HttpFaultException or OperationCanceledException)
        {
            // Init goes on without it.
        }
    }

    /// <summary>One that is open, or a new one, for one exchange.</summary>
    /// <param name="timeout">For connecting and the exchange together; then, or at the deadline, the connection is aborted.</param>
    public ValueTask<Pooled> RentAsync(Uri url, TimeSpan timeout, CancellationToken deadline)
    {
        deadline.ThrowIfCancellationRequested();
        var now = time.GetTimestamp();
        if (TakeOpen(url, now) is not { } pooled) return ConnectAsync(url, timeout, deadline);

        pooled.Begin(now, timeout, deadline);
        return new(pooled);
    }

    private async ValueTask<Pooled> ConnectAsync(Uri url, TimeSpan timeout, CancellationToken deadline)
    {
        var start = time.GetTimestamp();
        using var timer = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline, timer.Token);
        var pooled = new Pooled(IdleFor(url), await OpenAsync(Origin.Of(url), either.Token), time);
        pooled.Begin(start, timeout, deadline);
        return pooled;
    }

    private Pooled? TakeOpen(Uri url, long now)
    {
        while (TakeIdle(url) is { } pooled)
        {
            var isFresh = time.GetElapsedTime(pooled.OpenedAt, now) < MaxAge && time.GetElapsedTime(pooled.ReturnedAt, now) < MaxIdle;
            if (isFresh && pooled.Connection.IsOpen) return pooled;

            pooled.Dispose();
        }

        return null;
    }

    /// <summary>Takes back a connection after its exchange.</summary>
    /// <param name="reusable">It can carry another request.</param>
    public void Return(Pooled pooled, bool reusable)
    {
        if (!pooled.End() || !reusable)
        {
            pooled.Dispose();
            return;
        }

        pooled.ReturnedAt = time.GetTimestamp();
        lock (gate) pooled.Idle.Push(pooled);
    }

    /// <summary>Disposes the connection of a failed exchange, and says what happened; null for what is no fault of the connection.</summary>
    /// <param name="pooled">Null: there was none yet.</param>
    public static Fault? FaultOf(Pooled? pooled, Exception e)
    {
        var inTime = pooled?.End() ?? true;
        pooled?.Dispose();
        return e switch
        {
            HttpFaultException known => known.Fault,
            OperationCanceledException => Fault.Timeout,
            EndOfStreamException or HttpFormatException or IOException or SocketException or ObjectDisposedException when !inTime => Fault.Timeout,
            EndOfStreamException => Fault.Truncated,
            HttpFormatException => Fault.Malformed,
            IOException or SocketException or ObjectDisposedException => Fault.Reset,
            _ => null,
        };
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var pooled in idle.Values.SelectMany(stack => stack)) pooled.Dispose();
            idle.Clear();
            last = null;
        }
    }

    private Pooled? TakeIdle(Uri url)
    {
        lock (gate) return IdleFor(url).TryPop(out var pooled) ? pooled : null;
    }

    private Stack<Pooled> IdleFor(Uri url)
    {
        lock (gate)
        {
            if (last is { } known && ReferenceEquals(known.Url, url)) return known.Idle;

            var origin = Origin.Of(url);
            if (!idle.TryGetValue(origin, out var stack)) idle.Add(origin, stack = []);
            last = (url, stack);
            return stack;
        }
    }

    private async Task<Connection> OpenAsync(Origin origin, CancellationToken deadline)
    {
        using var timer = new CancellationTokenSource(connectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline, timer.Token);
        try
        {
            var socket = await dial(origin.Host, origin.Port, either.Token);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return new(socket, origin.Tls ? await SecureAsync(stream, origin.Host, either.Token) : stream, maxBody);
        }
        catch (OperationCanceledException e) when (!deadline.IsCancellationRequested)
        {
            throw new HttpFaultException(Fault.Connect, e);
        }
    }

    private async Task<SslStream> SecureAsync(NetworkStream stream, string host, CancellationToken deadline)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(trust.OptionsFor(host), deadline);
            return tls;
        }
        catch (Exception e)
        {
            await tls.DisposeAsync();
            if (e is CertificateRefusedException) throw new HttpFaultException(Fault.Certificate, e);
            if (e is AuthenticationException or IOException or SocketException) throw new HttpFaultException(Fault.Tls, e);

            throw;
        }
    }

    /// <summary>A connection, when it was opened and last returned, and when its present exchange must be over.</summary>
    internal sealed class Pooled(Stack<Pooled> idle, Connection connection, TimeProvider time) : IDisposable
    {
        private readonly Lock gate = new();
        private CancellationTokenRegistration atDeadline;

        /// <summary>Once set, it runs on from one exchange to the next, and is set anew only where it would come too late.</summary>
        private ITimer? timer;

        /// <summary>When the timer comes.</summary>
        private long alarm = long.MaxValue;

        /// <summary>When the exchange must be over.</summary>
        private long limit = long.MaxValue;

        /// <summary>Where it is kept between exchanges.</summary>
        public Stack<Pooled> Idle => idle;

        public Connection Connection => connection;

        public long OpenedAt { get; } = time.GetTimestamp();

        public long ReturnedAt { get; set; }

        /// <summary>The limit or the deadline has aborted the exchange.</summary>
        public bool IsOverdue { get; private set; }

        /// <param name="start">From when the limit counts.</param>
        public void Begin(long start, TimeSpan timeout, CancellationToken deadline)
        {
            LimitTo(start, timeout);
            atDeadline = deadline.UnsafeRegister(static pooled => ((Pooled)pooled!).Abort(), this);
        }

        /// <summary>Aborts the exchange unless it ends within that time from now.</summary>
        public void LimitTo(TimeSpan timeout) => LimitTo(time.GetTimestamp(), timeout);

        private void LimitTo(long start, TimeSpan timeout)
        {
            lock (gate)
            {
                limit = start + (long)(timeout.TotalSeconds * time.TimestampFrequency);
                if (limit < alarm) SetAlarm(time.GetElapsedTime(time.GetTimestamp(), limit));
            }
        }

        /// <returns>False when the exchange was aborted.</returns>
        public bool End()
        {
            // Waits for an abortion that has begun, which would otherwise meet the next exchange.
            atDeadline.Dispose();
            lock (gate)
            {
                limit = long.MaxValue;
                return !IsOverdue;
            }
        }

        public void Dispose()
        {
            timer?.Dispose();
            connection.Dispose();
        }

        private void SetAlarm(TimeSpan wait)
        {
            // A timer's milliseconds are whole; a little too late is right.
            var whole = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds)));
            alarm = limit;
            timer ??= time.CreateTimer(static pooled => ((Pooled)pooled!).OnAlarm(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(whole, Timeout.InfiniteTimeSpan);
        }

        private void OnAlarm()
        {
            lock (gate)
            {
                alarm = long.MaxValue;
                if (limit == long.MaxValue) return;

                var left = time.GetElapsedTime(time.GetTimestamp(), limit);
                if (left > TimeSpan.Zero) SetAlarm(left);
                else Abort();
            }
        }

        private void Abort()
        {
            lock (gate)
            {
                IsOverdue = true;
                connection.Abort();
            }
        }
    }
}
