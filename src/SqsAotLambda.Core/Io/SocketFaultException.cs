using System.Net;
using System.Runtime.InteropServices;

namespace SqsAotLambda.Io;

/// <summary>A socket can't be used any further.</summary>
/// <param name="errno">Why. <see cref="Errno.TimedOut"/> is also the end of the time that its user gave it.</param>
/// <param name="to">To which it was to connect; null: it was connected.</param>
internal sealed class SocketFaultException(int errno, IPEndPoint? to = null)
    : IOException($"{(to is null ? "" : $"{to}: ")}{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
{
    public int Number => errno;

    public IPEndPoint? To => to;
}
