using System.Buffers;
using System.Net;
using System.Text;
using SqsAotLambda.Http;

namespace SqsAotLambda.Forwarding;

/// <summary>Sends requests over pooled HTTP/1.1 connections and says what came back.</summary>
internal sealed class HttpSender(TimeSpan connectTimeout, GuardedDialler dialler, TrustStore trust, TimeProvider time) : IDisposable
{
    /// <summary>In bytes. A connection whose answer is longer is cheaper to replace than to empty.</summary>
    private const int MaxDrain = 64 * 1024;

    /// <summary>In bytes, of a failing answer: enough to tell why.</summary>
    private const int MaxStart = 1024;

    /// <summary>An endpoint that leaves its answer open would hold up the lane.</summary>
    private static readonly TimeSpan MaxDrainTime = TimeSpan.FromMilliseconds(500);

    private readonly HttpMessageInvoker http = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = dialler.DialAsync,
        ConnectTimeout = connectTimeout,
        MaxResponseDrainSize = 0,
        // Below the 60 s after which a load balancer closes an idle connection by default.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(50),
        // A change of the endpoint's addresses is seen after this.
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        SslOptions = trust.Options(),
        UseCookies = false,
        UseProxy = false,
    });

    /// <summary>Sends one request; whatever the network or the endpoint does is an answer, not an exception.</summary>
    /// <param name="timeout">In all, connecting included.</param>
    public async Task<Answer> SendAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken deadline)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline, timer.Token);
        var start = time.GetTimestamp();
        try
        {
            using var response = await http.SendAsync(request, either.Token);
            var answer = Read(response) with { Latency = time.GetElapsedTime(start) };
            timer.CancelAfter(MaxDrainTime);
            if (!response.IsSuccessStatusCode) return answer with { Start = await ReadStartAsync(response.Content, either.Token) };

            // So that the connection can be used again. The outcome is known: an answer cut, too long or too slow costs the connection only.
            await response.Content.LoadIntoBufferAsync(MaxDrain, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return answer;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
        {
            return new(Status: null, Fault: FaultOf(e, either.IsCancellationRequested), Latency: time.GetElapsedTime(start));
        }
    }

    public void Dispose() => http.Dispose();

    private Answer Read(HttpResponseMessage response)
    {
        var headers = response.Headers.NonValidated;
        return new(
            (int)response.StatusCode,
            headers.TryGetValues("Retry-After", out var wait) ? ThrottlingHeaders.RetryAfter(wait.ToString(), time.GetUtcNow()) : null,
            headers.TryGetValues("RateLimit", out var limit) && limit.Any(ThrottlingHeaders.QuotaSpent));
    }

    /// <summary>Empties the body of a failing answer, as far as <see cref="MaxDrain"/>, and keeps its beginning.</summary>
    private static async Task<string?> ReadStartAsync(HttpContent content, CancellationToken deadline)
    {
        using var start = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            var body = await content.ReadAsStreamAsync(deadline);
            for (int count, drained = 0; drained <= MaxDrain && (count = await body.ReadAsync(buffer, deadline)) > 0; drained += count)
                start.Write(buffer, 0, (int)Math.Min(count, MaxStart - start.Length));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            return TextOf(start);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return TextOf(start);
    }

    private static string? TextOf(MemoryStream start) => start.Length == 0 ? null : Encoding.UTF8.GetString(start.GetBuffer(), 0, (int)start.Length);

    private static Fault FaultOf(Exception e, bool timeIsUp) => e switch
    {
        { InnerException: AddressRefusedException } => Fault.Address,
        OperationCanceledException when timeIsUp => Fault.Timeout,
        // The handler's own connect time-out.
        OperationCanceledException => Fault.Connect,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => Fault.Dns,
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => Fault.Connect,
        { InnerException: CertificateRefusedException } => Fault.Certificate,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => Fault.Tls,
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => Fault.Truncated,
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } => Fault.Malformed,
        // An I/O error under way.
        _ => Fault.Reset,
    };
}
