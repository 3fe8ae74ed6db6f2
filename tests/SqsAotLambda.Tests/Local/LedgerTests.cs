using System.Text;
using SqsAotLambda.Local;
using SqsAotLambda.Local.Queue;

namespace SqsAotLambda.Tests.Local;

public sealed class LedgerTests
{
    private readonly Ledger ledger = new(
        [Sample(0, Behaviour.Accept), Sample(1, Behaviour.FailOnce), Sample(2, Behaviour.Refuse), Sample(3, Behaviour.Accept)],
        seesArrivals: true);

    [Fact]
    public void A_message_that_fails_once_is_accepted_when_it_comes_back()
    {
        Receive(1);

        Assert.Equal(Behaviour.FailOnce, Arrive(1));
        Assert.Equal(Behaviour.Accept, Arrive(1));
        Assert.Equal((1, 0), (ledger.Delivered, ledger.Duplicates));
    }

    [Fact]
    public void A_message_accepted_twice_is_a_duplicate()
    {
        Receive(0);

        Arrive(0);
        Arrive(0);

        Assert.Equal((1, 1), (ledger.Delivered, ledger.Duplicates));
        Assert.Null(ledger.OrderViolation);
    }

    [Fact]
    public void A_message_neither_delivered_nor_dead_lettered_is_lost()
    {
        ledger.SentMore(3);
        Receive(0, 1, 2);
        Arrive(0);
        Arrive(2);

        Assert.Equal(1, ledger.Lost([Message(2)]));
        Assert.Equal(0, ledger.Lost([Message(1), Message(2)]));
        Assert.Equal(1, ledger.Lost([Message(0), Message(2)]));
    }

    [Fact]
    public void The_reason_of_a_dead_letter_is_what_the_endpoint_answered_last()
    {
        Receive(1, 2);
        Arrive(2);

        Assert.Equal("400 x 3 receives", ledger.ReasonOf(Message(2)));
        Assert.Equal(Ledger.NeverArrived, ledger.ReasonOf(Message(1)));
    }

    [Fact]
    public void A_message_that_arrives_after_a_later_one_was_accepted_breaks_the_order()
    {
        Receive(1, 3);
        Arrive(1);
        Arrive(3);

        Arrive(1);

        Assert.Equal("in g message 1 arrived after message 3 was accepted", ledger.OrderViolation);
    }

    [Fact]
    public void A_dead_lettered_message_may_be_missing_from_its_group()
    {
        Receive(0, 2, 3);

        Arrive(0);
        Arrive(2);
        Arrive(3);

        Assert.Null(ledger.OrderViolation);
    }

    [Fact]
    public void A_changed_body_is_a_mismatch()
    {
        Receive(0);

        ledger.Arrived("id-0", "body 0 "u8.ToArray());

        Assert.Equal(1, ledger.Mismatches);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("unknown")]
    public void A_request_that_names_no_message_is_a_mismatch(string? id)
    {
        Receive(0);

        ledger.Arrived(id, "body 0"u8.ToArray());

        Assert.Equal(1, ledger.Mismatches);
    }

    private void Receive(params int[] numbers)
    {
        foreach (var number in numbers) ledger.Received(Message(number));
    }

    private Behaviour Arrive(int number) => ledger.Arrived($"id-{number}", Encoding.UTF8.GetBytes($"body {number}"));

    private static Sample Sample(int number, Behaviour behaviour) => new(number, $"body {number}", null, behaviour, "g");

    private static SqsMessage Message(int number) => new(
        $"id-{number}", "", $"body {number}", null, null, new Dictionary<string, string> { ["ApproximateReceiveCount"] = "3" }, null);
}
