using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace SqsAotLambda.Io;

/// <summary>
/// What other threads hand to the thread of the loop, which an event of the kernel tells of it. Nowhere else do two threads meet.
/// </summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "Here two threads meet.")]
internal sealed class Mailbox : IDisposable
{
    private readonly ConcurrentQueue<Action> posted = new();
    private readonly SafeFileHandle wake = new(Libc.CreateEvent(0, Libc.NonBlocking | Libc.CloseOnExec), ownsHandle: true);

    /// <summary>Becomes readable when something was posted.</summary>
    public int Event => (int)wake.DangerousGetHandle();

    /// <summary>From any thread.</summary>
    public void Post(Action action)
    {
        posted.Enqueue(action);
        long one = 1;
        try
        {
            _ = Libc.Write(wake, ref one, sizeof(long));
        }
        catch (ObjectDisposedException)
        {
            // A look-up may outlive the loop: nobody wants to know.
        }
    }

    /// <summary>Does what was posted up to now; what is posted meanwhile is told anew.</summary>
    public void Deliver()
    {
        long times = 0;
        _ = Libc.Read(wake, ref times, sizeof(long));
        for (var count = posted.Count; count > 0 && posted.TryDequeue(out var action); count--) action();
    }

    public void Dispose() => wake.Dispose();
}
