namespace SqsAotLambda.Local;

/// <summary>What the ledger says of the dead-letter queue.</summary>
/// <param name="Count">Messages in it that were never delivered.</param>
/// <param name="DeliveredToo">Messages in it that were delivered as well.</param>
/// <param name="Again">How many of its messages repeat another one.</param>
/// <param name="Untried">Of <paramref name="Count"/>, those that never reached the built-in endpoint.</param>
/// <param name="Reasons">Of <paramref name="Count"/>, the most frequent first.</param>
internal sealed record DeadLetters(int Count, int DeliveredToo, int Again, int Untried, IReadOnlyList<(string Reason, int Count)> Reasons)
{
    /// <summary>Everything that is or was in the queue.</summary>
    public int Total => Count + DeliveredToo + Again;
}
