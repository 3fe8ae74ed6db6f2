namespace SqsAotLambda.Io;

/// <summary>Numbers of Linux's <c>errno.h</c>, the same on x86-64 and arm64.</summary>
internal static class Errno
{
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int BrokenPipe = 32;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int InProgress = 115;
}
