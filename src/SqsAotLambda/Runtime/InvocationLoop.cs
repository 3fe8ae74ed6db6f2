using SqsAotLambda.Logging;

namespace SqsAotLambda.Runtime;

/// <summary>Stages 2 to 9 of the path of a message: reads its event, delivers the batch, and gives the answer for Lambda.</summary>
internal delegate Task<ReadOnlyMemory<byte>> Handler(Invocation invocation);

/// <summary>Stage 1 of the path of a message: receives one invocation after the other, until the Runtime API is lost.</summary>
internal sealed class InvocationLoop(RuntimeApi api, JsonLog log)
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
            answer = await handle(invocation);
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
