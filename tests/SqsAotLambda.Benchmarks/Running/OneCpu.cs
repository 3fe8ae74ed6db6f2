using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace SqsAotLambda.Benchmarks.Running;

/// <summary>Keeps this program, and what it starts meanwhile, on one CPU, so that a time is the sum of the work and no matter of luck.</summary>
internal sealed unsafe class OneCpu : IDisposable
{
    /// <summary>1024 CPUs, as glibc's cpu_set_t.</summary>
    private const int Words = 16;
    private const int Bytes = Words * sizeof(ulong);

    private readonly ulong[] before = new ulong[Words];

    public OneCpu()
    {
        fixed (ulong* cpus = before)
        {
            if (Libc.sched_getaffinity(0, Bytes, cpus) < 0) throw Failure();
        }
        // The last one: interrupts tend to go to the first.
        var word = Array.FindLastIndex(before, cpus => cpus != 0);
        var one = new ulong[Words];
        one[word] = 1UL << BitOperations.Log2(before[word]);
        Set(one);
    }

    public void Dispose() => Set(before);

    private static void Set(ulong[] cpus)
    {
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            var id = int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture);
            // A thread that has just ended is none.
            fixed (ulong* mask = cpus)
            {
                if (Libc.sched_setaffinity(id, Bytes, mask) != 0 && Directory.Exists(thread)) throw Failure();
            }
        }
    }

    private static BenchmarkFailure Failure() => new($"This program can't be kept on one CPU: {Marshal.GetLastPInvokeErrorMessage()}.");
}
