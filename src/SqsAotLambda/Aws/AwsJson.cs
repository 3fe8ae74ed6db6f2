using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using SqsAotLambda.Http;

namespace SqsAotLambda.Aws;

/// <summary>Sends one object to an AWS service and gives the one it answers with.</summary>
/// <param name="target">For example <c>AmazonSQS.SendMessage</c>.</param>
/// <exception cref="AwsException">The service refused, or did not answer in time.</exception>
internal delegate Task<JsonDocument> AwsCall(Uri endpoint, string region, string target, ReadOnlyMemory<byte> body, CancellationToken deadline);

/// <summary>
/// Calls one AWS service by its JSON protocol, such as <see href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html">SQS's</see>:
/// a signed POST of one object for another. Nothing is opened before the first call.
/// </summary>
/// <param name="version">Of the protocol: <c>1.0</c> or <c>1.1</c>, as the service has it.</param>
/// <param name="credentials">Null: requests are not signed, which only a local server takes.</param>
internal sealed class AwsJson(string service, string version, AwsCredentials? credentials, TrustStore trust, TimeProvider time) : IDisposable
{
    private const int MaxAnswer = 1024 * 1024;

    /// <summary>For one call: a service that is silent must not hold up the lanes.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly string mediaType = $"application/x-amz-json-{version}";

    private readonly Lazy<HttpMessageInvoker> http = new(() => new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(3),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
        SslOptions = trust.Options(),
        UseCookies = false,
        UseProxy = false,
    }));

    /// <inheritdoc cref="AwsCall"/>
    public async Task<JsonDocument> CallAsync(Uri endpoint, string region, string target, ReadOnlyMemory<byte> body, CancellationToken deadline)
    {
        using var timer = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline, timer.Token);
        try
        {
            using var request = Build(endpoint, region, target, body);
            using var response = await http.Value.SendAsync(request, either.Token);
            await response.Content.LoadIntoBufferAsync(MaxAnswer, either.Token);
            var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(either.Token), default, either.Token);
            return response.StatusCode == HttpStatusCode.OK ? answer : throw AwsException.From(target, (int)response.StatusCode, answer);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException or IOException or InvalidOperationException)
        {
            throw new AwsException($"{target} got no answer: {e.GetType().Name}.", e);
        }
    }

    public void Dispose()
    {
        if (http.IsValueCreated) http.Value.Dispose();
    }

    private HttpRequestMessage Build(Uri endpoint, string region, string target, ReadOnlyMemory<byte> body)
    {
        var at = time.GetUtcNow();
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = content };
        List<NameValue> headers = [new("x-amz-date", SigV4.Timestamp(at)), new("x-amz-target", target)];
        if (credentials?.SessionToken is { } token) headers.Add(new("x-amz-security-token", token));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (credentials is null) return request;

        var authorization = new SigV4(credentials, region, service).Authorization(
            "POST", endpoint.AbsolutePath, [], [.. headers, new("host", endpoint.Authority), new("content-type", mediaType)], body.Span, at);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return request;
    }
}
