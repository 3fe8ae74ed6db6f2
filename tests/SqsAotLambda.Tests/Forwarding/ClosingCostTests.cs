using SqsAotLambda.Forwarding;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>Until when each kind of work may begin before the end of an invocation, by what it has cost so far.</summary>
public sealed class ClosingCostTests
{
    private readonly FakeTimeProvider time = Given.Clock();
    private readonly DateTimeOffset end;
    private readonly Closing closing;

    public ClosingCostTests()
    {
        end = time.GetUtcNow() + TimeSpan.FromMinutes(1);
        closing = new(end, time);
    }

    /// <summary>An answer has 300 ms, its lines 100 of their own; a call is guessed at 50 ms and a line at 30.</summary>
    [Theory]
    [InlineData(ClosingWork.Copy, 1, 450)]
    [InlineData(ClosingWork.VisibilityCall, 1, 450)]
    [InlineData(ClosingWork.VisibilityCall, 3, 550)]
    [InlineData(ClosingWork.Line, 1, 330)]
    [InlineData(ClosingWork.Line, 4, 420)]
    internal void Work_that_was_never_done_has_its_guess(ClosingWork work, int times, int needed) => AssertNeeds(needed, work, times);

    [Fact]
    public void What_took_long_counts_at_once_and_fades_with_each_that_does_not()
    {
        Spend(ClosingWork.Copy, 200);
        AssertNeeds(200 + 400, ClosingWork.Copy);

        Spend(ClosingWork.Copy, 0);
        AssertNeeds(100 + 400, ClosingWork.Copy);

        Spend(ClosingWork.Copy, 80);
        AssertNeeds(90 + 400, ClosingWork.Copy);
    }

    [Fact]
    public void What_one_kind_of_work_costs_is_not_what_another_does()
    {
        Spend(ClosingWork.Copy, 200);

        AssertNeeds(450, ClosingWork.VisibilityCall);
        AssertNeeds(330, ClosingWork.Line);
    }

    [Fact]
    public void A_line_is_measured_as_it_is_written()
    {
        closing.Tell(() => time.Advance(TimeSpan.FromMilliseconds(100)));

        AssertNeeds(100 + 300, ClosingWork.Line);
    }

    /// <summary>Those of what was left out, of the batch and of its metrics.</summary>
    [Theory]
    [InlineData(421, true)]
    [InlineData(420, false)]
    public void A_line_about_a_message_leaves_time_for_three_more(int left, bool isTold)
    {
        var told = 0;
        Leave(left);

        Assert.Equal(isTold, closing.TellMessage(() => told++));

        Assert.Equal(isTold ? 1 : 0, told);
    }

    [Theory]
    [InlineData(150, 300)]
    [InlineData(151, 302)]
    [InlineData(400, 800)]
    public void An_answer_that_takes_long_to_write_has_twice_that_time(int milliseconds, int forAnswer)
    {
        closing.Rehearse(() => time.Advance(TimeSpan.FromMilliseconds(milliseconds)));

        AssertNeeds(forAnswer + 30, ClosingWork.Line);
        Leave(forAnswer + 101);
        Assert.False(closing.Deadline.HasPassed);
        Leave(forAnswer + 100);
        Assert.True(closing.Deadline.HasPassed);
    }

    private void Spend(ClosingWork work, int milliseconds)
    {
        var start = closing.Begin();
        time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        closing.End(work, start);
    }

    /// <summary>It begins while more than so many milliseconds are left.</summary>
    private void AssertNeeds(int milliseconds, ClosingWork work, int times = 1)
    {
        var now = time.GetUtcNow();
        Leave(milliseconds + 1);
        Assert.True(closing.HasTimeFor(work, times));
        Leave(milliseconds);
        Assert.False(closing.HasTimeFor(work, times));
        time.AdjustTime(now);
    }

    private void Leave(int milliseconds) => time.AdjustTime(end - TimeSpan.FromMilliseconds(milliseconds));
}
