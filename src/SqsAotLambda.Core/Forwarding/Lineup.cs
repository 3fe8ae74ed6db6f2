using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Lanes that are delivered side by side, so many at once. A lane that lends its slot is no longer one of them.</summary>
/// <param name="decided">The endpoint of all of them; null: not known yet.</param>
/// <param name="own">So many at once of these lanes.</param>
/// <param name="all">So many at once, with those of other endpoints; null: there are none.</param>
/// <param name="isOver">Whether there is no time left for a lane.</param>
internal sealed class Lineup(
    Endpoint? decided, List<Lane> lanes, Gate own, Gate? all, DeliverLane deliver, Func<Lane, bool> isOver, Loop loop) : Slot(loop)
{
    /// <summary>Lanes beside those in slots: each takes memory.</summary>
    private const int MaxLent = 1000;

    private readonly Waiter done = new();
    private int next, working, lent;
    private Exception? failure;

    /// <summary>The time was over before the last lane.</summary>
    public bool IsCut { get; private set; }

    public async Task DeliverAsync(int atOnce)
    {
        for (var worker = Math.Min(atOnce, lanes.Count); worker > 0; worker--) Begin();
        if (working > 0) await done.WaitAsync();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }

    protected override bool TryLend()
    {
        if (lent == MaxLent) return false;

        lent++;
        if (next < lanes.Count) Begin();
        Leave();
        return true;
    }

    protected override async ValueTask ReturnAsync()
    {
        await EnterAsync();
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
            while (!IsCut && next < lanes.Count)
            {
                await EnterAsync();
                try
                {
                    if (!IsCut && next < lanes.Count) await DeliverNextAsync();
                }
                finally
                {
                    Leave();
                }
            }
        }
        catch (Exception e)
        {
            failure ??= e;
        }

        if (--working == 0) done.Signal();
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask DeliverNextAsync()
    {
        var lane = lanes[next++];
        if (isOver(lane)) IsCut = true;
        else await deliver(lane, decided, this);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask EnterAsync()
    {
        await own.EnterAsync();
        if (all is not null) await all.EnterAsync();
    }

    private void Leave()
    {
        all?.Leave();
        own.Leave();
    }
}
