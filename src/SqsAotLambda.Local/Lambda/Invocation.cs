namespace SqsAotLambda.Local.Lambda;

/// <summary>One event on its way through the function.</summary>
/// <param name="Deadline">Until when the function may answer.</param>
/// <param name="HandedOut">Timestamp of the moment the function got the event.</param>
internal sealed record Invocation(string RequestId, byte[] Event, DateTimeOffset Deadline, long HandedOut)
{
    private readonly TaskCompletionSource<InvocationResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<InvocationResult> Result => result.Task;

    public void Complete(InvocationResult value) => result.TrySetResult(value);
}

/// <summary>The function's answer, or the error in its place.</summary>
/// <param name="Answered">Timestamp of the answer.</param>
internal sealed record InvocationResult(byte[] Answer, FunctionError? Error, long Answered);

/// <summary>Why an invocation or an init has no answer, with the error type that Lambda gives it.</summary>
internal sealed record FunctionError(string Type, string Message)
{
    public const string TimedOut = "Sandbox.Timedout";
    public const string Exited = "Runtime.ExitError";
    public const string HungUp = "Runtime.HungUp";
    public const string TooLarge = "Function.ResponseSizeTooLarge";

    public override string ToString() => $"{Type}: {Message}";
}
