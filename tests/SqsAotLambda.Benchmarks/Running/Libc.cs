using System.Runtime.InteropServices;

namespace SqsAotLambda.Benchmarks.Running;

/// <summary>
/// What is asked of Linux itself. <see cref="System.Diagnostics.Process"/> starts more slowly than the fastest peer,
/// and counts CPU time in hundredths of a second.
/// </summary>
internal static unsafe partial class Libc
{
    public const int SigKill = 9;
    public const int NoHang = 1;
    public const int OpenReadOnly = 0;

    /// <summary>O_WRONLY, O_CREAT and O_TRUNC: the same on x86-64 and arm64.</summary>
    public const int OpenAnew = 0x241;

    /// <summary>sizeof(posix_spawn_file_actions_t) is 80 in glibc, less in musl.</summary>
    public const int FileActionsBytes = 128;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawnp(out int pid, string file, byte* fileActions, nint attributes, nint[] arguments, nint[] environment);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_init(byte* fileActions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_destroy(byte* fileActions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn_file_actions_addopen(byte* fileActions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_adddup2(byte* fileActions, int descriptor, int copy);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int waitpid(int pid, out int status, int options);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int clock_gettime(int clock, long* secondsAndNanoseconds);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int sched_getaffinity(int thread, nint bytes, ulong* cpus);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int sched_setaffinity(int thread, nint bytes, ulong* cpus);
}
