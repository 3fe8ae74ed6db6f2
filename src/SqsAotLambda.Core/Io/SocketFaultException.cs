namespace SqsAotLambda.Io;

/// <summary>A socket can't be used any further.</summary>
/// <param name="errno">Why. <see cref="Errno.TimedOut"/> is also the end of the time that its user gave it.</param>
internal sealed class SocketFaultException(int errno) : IOException($"The socket failed with errno {errno}.")
{
    public int Number => errno;
}
