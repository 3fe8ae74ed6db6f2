using System.Text.Json;
using SqsAotLambda.Http;
using SqsAotLambda.Io;

namespace SqsAotLambda.Aws;

/// <summary>Sends one object to an AWS service and gives the one it answers with.</summary>
/// <param name="target">For example <c>AmazonSQS.SendMessage</c>.</param>
/// <exception cref="AwsException">The service refused, or did not answer in time.</exception>
internal delegate Task<JsonDocument> AwsCall(Uri endpoint, string region, string target, ReadOnlyMemory<byte> body, Deadline deadline);

/// <summary>
/// Calls one AWS service by its JSON protocol, such as <see
/// href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html">SQS's</see>:
/// a signed POST of one object for another. Nothing is opened before the first call.
/// </summary>
/// <param name="version">Of the protocol: <c>1.0</c> or <c>1.1</c>, as the service has it.</param>
/// <param name="credentials">Null: requests are not signed, which only a local server takes.</param>
/// <param name="maxAnswer">In bytes.</param>
internal sealed class AwsJson(
    string service,
    string version,
    AwsCredentials? credentials,
    ITls tls,
    ConnectionBudget budget,
    Loop loop,
    int maxAnswer = AwsJson.MaxAnswer) : IDisposable
{
    /// <summary>In bytes. A secret has 64 KB at most, and JSON may write six bytes for one.</summary>
    private const int MaxAnswer = 512 * 1024;

    /// <summary>For one call: a service that is silent must not hold up the lanes.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly string mediaType = $"application/x-amz-json-{version}";

    private readonly ConnectionPool connections = new(
        new Connector(new GuardedResolver(guard: null, loop).ResolveAsync, tls, timeout: TimeSpan.FromSeconds(3), maxAnswer, loop),
        budget,
        loop);

    /// <inheritdoc cref="AwsCall"/>
    public async Task<JsonDocument> CallAsync(Uri endpoint, string region, string target, ReadOnlyMemory<byte> body, Deadline deadline)
    {
        try
        {
            var response = await connections.FetchAsync(Build(endpoint, region, target, body), Timeout, deadline);
            var answer = JsonDocument.Parse(response.Body);
            return response.Status == 200 ? answer : throw AwsException.From(target, response.Status, answer);
        }
        catch (Exception e) when (e is HttpFaultException or OutOfTimeException or JsonException)
        {
            var fault = e switch { HttpFaultException http => http.Fault, OutOfTimeException => Fault.Timeout, _ => Fault.Malformed };
            var detail = FaultDetail.Of(e);
            throw new AwsException($"{target} got no answer: {fault}{(detail is null ? "" : $" ({detail})")}.", e);
        }
    }

    public void Dispose() => connections.Dispose();

    private Request Build(Uri endpoint, string region, string target, ReadOnlyMemory<byte> body)
    {
        var at = loop.Time.GetUtcNow();
        var request = new Request("POST", endpoint, body);
        List<NameValue> headers = [new("content-type", mediaType), new("x-amz-date", SigV4.Timestamp(at)), new("x-amz-target", target)];
        if (credentials?.SessionToken is { } token) headers.Add(new("x-amz-security-token", token));
        foreach (var (name, value) in headers) request.Add(name, value);
        if (credentials is null) return request;

        request.Add("Authorization", new SigV4(credentials, region, service).Authorization(
            "POST", endpoint.AbsolutePath, [], [.. headers, new("host", request.Host)], body.Span, at));
        return request;
    }
}
