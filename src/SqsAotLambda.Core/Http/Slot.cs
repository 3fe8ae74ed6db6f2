using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>
/// The place of a message among those that are sent at once. It is lent to others during a long wait for what may never come, such as the address
/// of a name, so that this wait costs nobody else's time.
/// </summary>
internal abstract class Slot(Loop loop)
{
    /// <param name="from">By the loop's clock: from when on it is lent, while the wait lasts.</param>
    public async ValueTask<T> LendDuringAsync<T>(ValueTask<T> wait, long from)
    {
        var isLent = false;
        var timer = new LoopTimer(loop, () =>
        {
            isLent = true;
            Lend();
        });
        timer.Set(from);
        try
        {
            return await wait;
        }
        finally
        {
            timer.Stop();
            if (isLent) await ReturnAsync();
        }
    }

    protected abstract void Lend();

    /// <summary>Waits until there is a slot again.</summary>
    protected abstract ValueTask ReturnAsync();
}
