using SqsAotLambda.Http;
using SqsAotLambda.Logging;

namespace SqsAotLambda.Runtime;

/// <summary>Handles one event and gives the answer for Lambda.</summary>
/// <param name="deadline">Cancelled when the answer has to be given.</param>
internal delegate Task<ReadOnlyMemory<byte>> Handler(Invocation invocation, CancellationToken deadline);

/// <summary>Takes one invocation after the other until the Runtime API is lost.</summary>
/// <param name="margin">How long before Lambda's deadline the handler has to be done.</param>
internal sealed class InvocationLoop(RuntimeApi api, TimeSpan margin, TimeProvider time, JsonLog log)
{
    private const int PayloadTooLarge = 413;

    /// <exception cref="RuntimeApiException">The Runtime API is lost; nothing else ends the loop.</exception>
    public async Task RunAsync(Handler handle)
    {
        while (true)
        {
            var invocation = await api.NextAsync();
            var status = await AnswerAsync(invocation, handle);
            if (status is < 200 or > 299) log.AnswerRefused(invocation.RequestId, status);
        }
    }

    private async Task<int> AnswerAsync(Invocation invocation, Handler handle)
    {
        ReadOnlyMemory<byte> answer;
        try
        {
            using var deadline = Deadline.After(invocation.Deadline - margin - time.GetUtcNow(), time);
            answer = await handle(invocation, deadline.Token);
        }
        // Whatever it is, Lambda has to hear of it: the batch then comes again.
        catch (Exception e)
        {
            log.InvocationFailed(invocation.RequestId, e);
            return await api.FailAsync(invocation, FunctionError.From(e));
        }

        var status = await api.RespondAsync(invocation, answer);
        if (status != PayloadTooLarge) return status;

        log.AnswerRefused(invocation.RequestId, status);
        return await api.FailAsync(invocation, new("Function.AnswerTooLarge", $"Lambda refused the answer of {answer.Length} bytes as too large."));
    }
}
