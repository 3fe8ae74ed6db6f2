namespace SqsAotLambda.Sqs;

/// <summary>
/// Makes buffers that may be as long as a message. .NET looks for unused ones only when several times as much was made, so after each few
/// megabytes it is told to: a function has little memory, and an ordinary message is too short to count.
/// </summary>
internal static class LargeBuffers
{
    /// <summary>In bytes, from which on .NET keeps an object apart.</summary>
    private const int Large = 85_000;

    private const long MaxUnused = 6 * 1024 * 1024;

    /// <summary>Of each thread its own: in tests each function has a thread.</summary>
    [ThreadStatic]
    private static long made;

    public static byte[] New(int length)
    {
        if (length >= Large && (made += length) > MaxUnused)
        {
            made = 0;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
        }

        return GC.AllocateUninitializedArray<byte>(length);
    }
}
