namespace SqsAotLambda.Tests.Support;

/// <summary>What a call allocates on this thread, in bytes.</summary>
internal static class Allocated
{
    /// <summary>
    /// The least of several calls. A collection that another test causes during a call ends the thread's allocation buffer, whose rest, up to
    /// 8 KB, then counts as allocated.
    /// </summary>
    /// <param name="given">What the call takes, anew for each.</param>
    public static long By<T>(Func<T> given, Action<T> call)
    {
        var least = long.MaxValue;
        for (var time = 0; time < 5; time++)
        {
            var value = given();
            var before = GC.GetAllocatedBytesForCurrentThread();
            call(value);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
