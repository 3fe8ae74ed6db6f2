using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Lanes that are delivered side by side, so many at once. A lane that lends its slot is no longer one of them.</summary>
/// <param name="decided">The endpoint of all of them; null: not known yet.</param>
/// <param name="slots">Those of other endpoints, too.</param>
/// <param name="groups">Null: a group has no limit of its own.</param>
/// <param name="isOver">Whether there is no time left for a lane.</param>
internal sealed class Lineup(
    Endpoint? decided, List<Lane> lanes, Gate slots, GroupLimit? groups, DeliverLane deliver, Func<Lane, bool> isOver, Loop loop) : Slot(loop)
{
    /// <summary>Lanes beside those in slots: each takes memory.</summary>
    private const int MaxLent = 1000;

    private readonly Waiter done = new();

    /// <summary>Lanes that had to wait for their groups.</summary>
    private readonly Queue<Lane> ready = new();

    private int next, working, lent, heldBack;

    /// <summary>The worker whose lane ends takes what the lane's group lets go.</summary>
    private bool isLeaving;

    private Exception? failure;

    /// <summary>The time was over before some lanes.</summary>
    public bool IsCut { get; private set; }

    public async Task DeliverAsync(int atOnce)
    {
        for (var worker = Math.Min(atOnce, lanes.Count); worker > 0; worker--) Begin();
        if (!IsDone) await done.WaitAsync();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }

    private bool IsDone => working == 0 && heldBack == 0;

    private bool HasMore => ready.Count > 0 || next < lanes.Count;

    protected override bool TryLend()
    {
        if (lent == MaxLent) return false;

        lent++;
        if (HasMore) Begin();
        slots.Leave();
        return true;
    }

    protected override async ValueTask ReturnAsync()
    {
        await slots.EnterAsync();
        lent--;
    }

    private void Begin()
    {
        working++;
        _ = WorkAsync();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (HasMore)
            {
                await slots.EnterAsync();
                try
                {
                    if (HasMore && TryTake(out var lane)) await DeliverAsync(lane);
                }
                finally
                {
                    slots.Leave();
                }
            }
        }
        catch (Exception e)
        {
            failure ??= e;
        }

        working--;
        if (IsDone) done.Signal();
    }

    /// <returns>False: what is left waits for its groups.</returns>
    private bool TryTake(out Lane lane)
    {
        if (ready.TryDequeue(out lane)) return true;

        while (next < lanes.Count)
        {
            var first = lane = lanes[next++];
            if (groups is null || groups.TryEnter(lane, () => Release(first))) return true;

            heldBack++;
        }

        return false;
    }

    private void Release(Lane lane)
    {
        heldBack--;
        ready.Enqueue(lane);
        // A worker within a worker, for each lane that waits, would use up the stack.
        if (!isLeaving) Begin();
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask DeliverAsync(Lane lane)
    {
        try
        {
            if (isOver(lane)) IsCut = true;
            else await deliver(lane, decided, this);
        }
        finally
        {
            isLeaving = true;
            groups?.Leave(lane);
            isLeaving = false;
        }
    }
}
