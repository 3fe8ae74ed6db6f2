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
    /// <summary>Workers beside those that there are slots for: the lane of each takes memory.</summary>
    private const int MaxBeside = 1000;

    private readonly Waiter done = new();

    /// <summary>Lanes that had to wait for their groups.</summary>
    private readonly Queue<Lane> ready = new();

    private int next, working, mostWorking, heldBack;

    /// <summary>Workers that wait for a slot to take a lane.</summary>
    private int idle;

    private Exception? failure;

    /// <summary>There was no time left for some of them.</summary>
    public bool IsCut { get; private set; }

    public async Task DeliverAsync(int atOnce)
    {
        mostWorking = atOnce + MaxBeside;
        for (var worker = Math.Min(atOnce, lanes.Count); worker > 0; worker--) Begin();
        if (!IsDone) await done.WaitAsync();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }

    private bool IsDone => working == 0 && heldBack == 0;

    private bool HasMore => ready.Count > 0 || next < lanes.Count;

    // Also by the last that may work: what they wait for may need a slot.
    protected override void Lend()
    {
        if (HasMore && idle == 0 && working < mostWorking) Begin();
        slots.Leave();
    }

    protected override async ValueTask ReturnAsync() => await slots.EnterAsync();

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
                idle++;
                await slots.EnterAsync();
                idle--;
                try
                {
                    if (TryTake(out var lane)) await DeliverAsync(lane);
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

    /// <returns>False: what is left waits for its groups, or there is no time left for it.</returns>
    private bool TryTake(out Lane lane)
    {
        while (ready.TryDequeue(out lane) || TryTakeNext(out lane))
        {
            if (!isOver(lane)) return true;

            IsCut = true;
            groups?.Leave(lane);
        }

        return false;
    }

    private bool TryTakeNext(out Lane lane)
    {
        for (lane = default; next < lanes.Count; heldBack++)
        {
            lane = lanes[next++];
            if (groups is null || TryEnter(groups, lane)) return true;
        }

        return false;
    }

    /// <summary>Apart, because what it hands on takes memory.</summary>
    private bool TryEnter(GroupLimit limit, Lane lane) => limit.TryEnter(lane, () => Release(lane));

    private void Release(Lane lane)
    {
        heldBack--;
        ready.Enqueue(lane);
        if (idle == 0) Begin();
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask DeliverAsync(Lane lane)
    {
        try
        {
            await deliver(lane, decided, this);
        }
        finally
        {
            groups?.Leave(lane);
        }
    }
}
