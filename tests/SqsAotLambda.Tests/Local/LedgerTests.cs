using SqsAotLambda.Local;
using static SqsAotLambda.Tests.Local.Samples;

namespace SqsAotLambda.Tests.Local;

/// <summary>What the local runner books of its messages: delivered, lost, sent twice, changed or out of order.</summary>
public sealed class LedgerTests
{
    private readonly Ledger ledger = Ledger();

    [Fact]
    public void A_message_that_fails_once_is_accepted_when_it_comes_back()
    {
        ledger.Receive(1);

        Assert.Equal(Behaviour.FailOnce, ledger.Arrive(1));
        Assert.Equal(Behaviour.Accept, ledger.Arrive(1));
        Assert.Equal((1, 0), (ledger.Delivered, ledger.Duplicates));
    }

    [Fact]
    public void A_message_accepted_twice_is_a_duplicate()
    {
        ledger.Receive(0);

        ledger.Arrive(0);
        ledger.Arrive(0);

        Assert.Equal((1, 1), (ledger.Delivered, ledger.Duplicates));
        Assert.Null(ledger.OrderViolation);
    }

    [Fact]
    public void What_the_runner_handed_out_again_is_a_duplicate_of_its_own_making()
    {
        ledger.SentMore(4);
        ledger.Receive(0, 2, 3);
        ledger.Arrive(0);
        ledger.DeadLettered(Copy(2, id: "copy-1"));
        ledger.Arrive(3);

        ledger.HandedOutAgain([Message(0), Message(2)]);
        ledger.Arrive(0);
        ledger.DeadLettered(Copy(2, id: "copy-2"));
        Assert.Equal((2, 0), (ledger.DuplicatesByRunner, ledger.Duplicates));

        ledger.Arrive(0);
        ledger.Arrive(3);
        Assert.Equal((2, 2, 1), (ledger.DuplicatesByRunner, ledger.Duplicates, ledger.Lost));
    }

    [Fact]
    public void What_the_runner_handed_out_again_and_arrived_once_is_no_duplicate()
    {
        ledger.Receive(0, 3);
        ledger.Arrive(0);

        ledger.HandedOutAgain([Message(0)]);
        ledger.Arrive(3);
        ledger.Arrive(3);

        Assert.Equal((0, 1), (ledger.DuplicatesByRunner, ledger.Duplicates));
    }

    [Fact]
    public void While_the_endpoint_is_down_it_accepts_nothing()
    {
        ledger.Receive(0);

        Assert.Equal(Behaviour.Down, ledger.Arrive(0, pressed: Behaviour.Down));
        Assert.Equal((0, 1), (ledger.Delivered, ledger.TurnedAway));
        Assert.Equal(Behaviour.Accept, ledger.Arrive(0));
        Assert.Equal((1, 1), (ledger.Delivered, ledger.TurnedAway));
    }

    [Fact]
    public void A_message_that_arrives_after_a_later_one_was_accepted_breaks_the_order()
    {
        ledger.Receive(1, 3);
        ledger.Arrive(1);
        ledger.Arrive(3);

        ledger.Arrive(1);

        Assert.Equal("in g message 1 arrived after message 3 was accepted", ledger.OrderViolation);
    }

    [Fact]
    public void A_dead_lettered_message_may_be_missing_from_its_group()
    {
        ledger.Receive(0, 2, 3);

        ledger.Arrive(0);
        ledger.Arrive(2);
        ledger.Arrive(3);

        Assert.Null(ledger.OrderViolation);
    }

    [Fact]
    public void A_changed_body_is_a_mismatch()
    {
        ledger.Receive(0);

        ledger.Arrived(new("id-0", "POST", "/invoices", "body 0 "u8.ToArray()), pressed: null);

        Assert.Equal(1, ledger.Mismatches);
    }

    [Fact]
    public void A_request_that_went_another_way_than_its_route_is_a_mismatch()
    {
        ledger.Receive(0);

        ledger.Arrived(new("id-0", "POST", "/webhooks", "body 0"u8.ToArray()), pressed: null);

        Assert.Equal("id-0 arrived at /webhooks, and not at /invoices", ledger.FirstMismatch);
    }

    [Fact]
    public void An_order_is_put_to_its_own_URL_in_its_own_shape()
    {
        var orders = new Ledger([SampleOf(7, Behaviour.Accept) with { Route = SampleRoute.Orders }], seesArrivals: true, knowsRoutes: true);
        orders.Received(Message(7));
        var order = new Arrival("id-7", "PUT", "/orders/7?message=id-7", """{"order":7,"message":"id-7","data":body 7}"""u8.ToArray());

        orders.Arrived(order, pressed: null);
        Assert.Equal((0, 1), (orders.Mismatches, orders.Delivered));
        Assert.Equal(
            [(SampleRoute.Orders, 1), (SampleRoute.Invoices, 0), (SampleRoute.Webhooks, 0), (SampleRoute.Others, 0)], orders.DeliveredByRoute());

        orders.Arrived(order with { Method = "POST" }, pressed: null);
        orders.Arrived(order with { Target = "/orders/8?message=id-7" }, pressed: null);
        orders.Arrived(order with { Body = "body 7"u8.ToArray() }, pressed: null);
        Assert.Equal(3, orders.Mismatches);
    }

    [Fact]
    public void By_routes_of_the_users_own_a_message_may_arrive_anywhere_and_as_anything()
    {
        var others = new Ledger([SampleOf(0, Behaviour.Accept)], seesArrivals: true);
        others.Received(Message(0));

        others.Arrived(new("id-0", "DELETE", "/elsewhere", []), pressed: null);

        Assert.Equal((0, 1), (others.Mismatches, others.Delivered));
        Assert.Empty(others.DeliveredByRoute());
    }

    [Fact]
    public void Signatures_are_counted_at_each_arrival_where_one_is_due()
    {
        ledger.Receive(0, 1);

        ledger.Arrived(new("id-0", "POST", "/invoices", "body 0"u8.ToArray(), Verified: true), pressed: Behaviour.Down);
        ledger.Arrived(new("id-0", "POST", "/invoices", "body 0"u8.ToArray(), Verified: true), pressed: null);
        ledger.Arrived(new("id-1", "POST", "/invoices", "body 1"u8.ToArray(), Verified: false), pressed: null);
        ledger.Arrive(1);

        Assert.Equal((2, 1), ledger.Signatures);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("unknown")]
    public void A_request_that_names_no_message_is_a_mismatch(string? id)
    {
        ledger.Receive(0);

        ledger.Arrived(new(id, "POST", "/invoices", "body 0"u8.ToArray()), pressed: null);

        Assert.Equal(1, ledger.Mismatches);
    }
}
