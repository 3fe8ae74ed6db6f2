using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SqsAotLambda.Forwarding;

/// <summary>Sends requests over pooled HTTP/1.1 connections and says what came back.</summary>
/// <param name="timeout">For one request in all, connecting included.</param>
internal sealed class Endpoint(TimeSpan timeout, TimeSpan connectTimeout, TimeProvider time) : IDisposable
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
        ConnectTimeout = connectTimeout,
        MaxResponseDrainSize = 0,
        // Below the 60 s after which a load balancer closes an idle connection by default.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(50),
        // A change of the endpoint's addresses is seen after this.
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        SslOptions = { RemoteCertificateValidationCallback = AcceptWithoutErrors },
        UseCookies = false,
        UseProxy = false,
    });

    /// <summary>Sends one request; whatever the network or the endpoint does is an answer, not an exception.</summary>
    public async Task<Answer> SendAsync(HttpRequestMessage request, CancellationToken deadline)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline, timer.Token);
        try
        {
            using var response = await http.SendAsync(request, either.Token);
            var answer = Read(response);
            timer.CancelAfter(MaxDrainTime);
            if (!response.IsSuccessStatusCode) return answer with { Start = await ReadStartAsync(response.Content, either.Token) };

            // So that the connection can be used again. The outcome is known: an answer cut, too long or too slow costs the connection only.
            await response.Content.LoadIntoBufferAsync(MaxDrain, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return answer;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return new(Status: null, Fault: Fault.Timeout);
        }
        catch (OperationCanceledException)
        {
            // The handler's own connect time-out.
            return new(Status: null, Fault: Fault.Connect);
        }
        catch (HttpRequestException e)
        {
            return new(Status: null, Fault: FaultOf(e));
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

    private static bool AcceptWithoutErrors(object connection, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None ? true : throw new CertificateRefusedException(errors);

    private static Fault FaultOf(HttpRequestException e) => e switch
    {
        { HttpRequestError: HttpRequestError.NameResolutionError } => Fault.Dns,
        { HttpRequestError: HttpRequestError.ConnectionError } => Fault.Connect,
        { InnerException: CertificateRefusedException } => Fault.Certificate,
        { HttpRequestError: HttpRequestError.SecureConnectionError } => Fault.Tls,
        { HttpRequestError: HttpRequestError.ResponseEnded } => Fault.Truncated,
        { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } => Fault.Malformed,
        // An I/O error under way.
        _ => Fault.Reset,
    };

    /// <summary>Tells a refused certificate from a handshake that failed in another way: .NET gives both one type.</summary>
    private sealed class CertificateRefusedException(SslPolicyErrors errors) : Exception($"The certificate of the endpoint is refused: {errors}.");
}
