namespace SqsAotLambda.Tests.Support;

/// <summary>Holds answers back until there is one for each of so many requests.</summary>
internal sealed class Gathering(int count) : IDisposable
{
    private readonly CountdownEvent missing = new(count);
    private readonly TaskCompletionSource complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Reply Join(Reply then)
    {
        if (missing.Signal()) complete.SetResult();
        return Replies.After(complete.Task, then);
    }

    public void Dispose() => missing.Dispose();
}
