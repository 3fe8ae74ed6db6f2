using SqsAotLambda.Io;
using SqsAotLambda.Logging;
using SqsAotLambda.Runtime;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Hosting;

/// <summary>Lambda by our own client of the Runtime API.</summary>
/// <param name="runtimeApi">Host and port, as in <c>AWS_LAMBDA_RUNTIME_API</c>.</param>
internal sealed class OwnHost(string runtimeApi, Loop loop)
{
    private readonly RuntimeApi api = new(runtimeApi, loop);
    private readonly EventReader events = new();

    /// <exception cref="RuntimeApiException">The Runtime API is lost; nothing else ends it.</exception>
    public void Run(DeliverBatch deliver, TimeSpan margin, JsonLog log) =>
        loop.Run(() => new InvocationLoop(api, log).RunAsync(async invocation =>
        {
            var batch = new Batch(
                invocation.RequestId, invocation.Deadline - margin, invocation.Deadline, events.Read(invocation.Event, invocation.TraceId));
            return BatchResponse.ToJson(await deliver(batch));
        }));

    /// <summary>Tells Lambda why the function can't start.</summary>
    public void FailInit(Exception exception) => loop.Run(() => api.FailInitAsync(FunctionError.From(exception)));
}
