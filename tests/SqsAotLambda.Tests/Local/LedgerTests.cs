using System.Text;
using Amazon.SQS.Model;
using SqsAotLambda.Local;

namespace SqsAotLambda.Tests.Local;

public sealed class LedgerTests
{
    private readonly Ledger ledger = new(
        [Sample(0, Behaviour.Accept), Sample(1, Behaviour.FailOnce), Sample(2, Behaviour.Refuse), Sample(3, Behaviour.Accept)],
        seesArrivals: true,
        knowsRoutes: true);

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
    public void What_the_runner_handed_out_again_is_a_duplicate_of_its_own_making()
    {
        ledger.SentMore(4);
        Receive(0, 2, 3);
        Arrive(0);
        ledger.DeadLettered(Copy(2, id: "copy-1"));
        Arrive(3);

        ledger.HandedOutAgain([Message(0), Message(2)]);
        Arrive(0);
        ledger.DeadLettered(Copy(2, id: "copy-2"));
        Assert.Equal((2, 0), (ledger.DuplicatesByRunner, ledger.Duplicates));

        Arrive(0);
        Arrive(3);
        Assert.Equal((2, 2, 1), (ledger.DuplicatesByRunner, ledger.Duplicates, ledger.Lost));
    }

    [Fact]
    public void What_the_runner_handed_out_again_and_arrived_once_is_no_duplicate()
    {
        Receive(0, 3);
        Arrive(0);

        ledger.HandedOutAgain([Message(0)]);
        Arrive(3);
        Arrive(3);

        Assert.Equal((0, 1), (ledger.DuplicatesByRunner, ledger.Duplicates));
    }

    [Fact]
    public void While_the_endpoint_is_down_it_accepts_nothing()
    {
        Receive(0);

        Assert.Equal(Behaviour.Down, Arrive(0, down: true));
        Assert.Equal((0, 1), (ledger.Delivered, ledger.TurnedAway));
        Assert.Equal(Behaviour.Accept, Arrive(0));
        Assert.Equal((1, 1), (ledger.Delivered, ledger.TurnedAway));
    }

    [Fact]
    public void A_message_neither_delivered_nor_dead_lettered_is_lost()
    {
        ledger.SentMore(4);
        Receive(0, 1, 2, 3);
        Arrive(0);

        ledger.DeadLettered(Message(1));
        ledger.DeadLettered(Copy(2));

        Assert.Equal(1, ledger.Lost);
        Assert.Equal(2, ledger.DeadLetters().Count);
        Assert.Equal(0, ledger.Duplicates);
    }

    [Fact]
    public void A_message_both_delivered_and_dead_lettered_is_a_duplicate()
    {
        ledger.SentMore(1);
        Receive(0);
        Arrive(0);

        ledger.DeadLettered(Copy(0));

        Assert.Equal((1, 1, 0), (ledger.Delivered, ledger.Duplicates, ledger.Lost));
        var letters = ledger.DeadLetters();
        Assert.Equal((0, 1, 1), (letters.Count, letters.DeliveredToo, letters.Total));
    }

    [Fact]
    public void A_message_dead_lettered_twice_is_a_duplicate()
    {
        ledger.SentMore(1);
        Receive(2);

        ledger.DeadLettered(Copy(2, id: "copy-1"));
        ledger.DeadLettered(Copy(2, id: "copy-2"));
        ledger.DeadLettered(Message(2));

        Assert.Equal((0, 2, 0), (ledger.Delivered, ledger.Duplicates, ledger.Lost));
        var letters = ledger.DeadLetters();
        Assert.Equal((1, 2, 3), (letters.Count, letters.Again, letters.Total));
    }

    [Fact]
    public void A_dead_letter_that_is_seen_again_changes_nothing()
    {
        Receive(2);

        Assert.Equal("id-2: Rejected, 400: no such tenant", ledger.DeadLettered(Copy(2)));
        Assert.Null(ledger.DeadLettered(Copy(2)));

        Assert.Equal((1, 0), (ledger.DeadLetters().Count, ledger.Duplicates));
    }

    [Fact]
    public void The_reason_of_a_copy_is_what_the_function_wrote()
    {
        Receive(0, 2, 3);

        ledger.DeadLettered(Copy(0, """{"outcome":"Unavailable","status":null,"messageId":"id-0"}"""));
        ledger.DeadLettered(Copy(2));
        ledger.DeadLettered(Copy(3));

        Assert.Equal([("Rejected, 400: no such tenant", 2), ("Unavailable", 1)], ledger.DeadLetters().Reasons);
    }

    [Fact]
    public void Without_a_reason_it_was_SQS_and_the_last_answer_is_told()
    {
        Receive(1, 2);
        Arrive(2);

        ledger.DeadLettered(Message(1));
        ledger.DeadLettered(Message(2));

        var letters = ledger.DeadLetters();
        Assert.Equal([("redriven by SQS, never reached the endpoint", 1), ("redriven by SQS, last answer 400", 1)], letters.Reasons);
        Assert.Equal(1, letters.Untried);
    }

    [Fact]
    public void The_reason_of_an_earlier_copy_is_not_that_of_the_redrive()
    {
        var redriven = Message(2, Copy(0).MessageAttributes);
        ledger.Received(redriven);

        Assert.Equal("id-2: redriven by SQS, never reached the endpoint", ledger.DeadLettered(redriven));
        Assert.Equal(0, ledger.Mismatches);
    }

    [Fact]
    public void Without_the_built_in_endpoint_the_deletion_of_a_copied_message_is_no_delivery()
    {
        var blind = new Ledger([Sample(0, Behaviour.Accept), Sample(1, Behaviour.Accept)], seesArrivals: false);
        blind.SentMore(2);
        blind.Received(Message(0));
        blind.Received(Message(1));
        blind.Deleted([Message(0), Message(1)], unconfirmed: 0);

        blind.DeadLettered(Copy(1));

        Assert.Equal((1, 0, 0), (blind.Delivered, blind.Duplicates, blind.Lost));
        Assert.Equal((1, 0), (blind.DeadLetters().Count, blind.DeadLetters().Untried));
    }

    [Fact]
    public void Without_the_built_in_endpoint_nothing_is_known_of_what_SQS_redrove()
    {
        var blind = new Ledger([Sample(0, Behaviour.Accept)], seesArrivals: false);
        blind.Received(Message(0));

        Assert.Equal("id-0: redriven by SQS", blind.DeadLettered(Message(0)));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"outcome":"Rejected"}""")]
    [InlineData("""{"messageId":"id-2"}""")]
    [InlineData("""{"outcome":"Rejected","messageId":"unknown"}""")]
    [InlineData("""{"outcome":"Rejected","messageId":"id-2","status":"400"}""")]
    [InlineData("""{"outcome":"Rejected","messageId":"id-2","response":"größer"}""")]
    public void A_reason_that_cannot_be_read_is_a_mismatch(string failure)
    {
        Receive(2);

        ledger.DeadLettered(Copy(2, failure));

        Assert.NotEqual(0, ledger.Mismatches);
    }

    [Fact]
    public void A_changed_body_of_a_dead_letter_is_a_mismatch()
    {
        Receive(2);

        var copy = Copy(2);
        copy.Body = "body 2 ";
        ledger.DeadLettered(copy);

        Assert.Equal(1, ledger.Mismatches);
    }

    [Fact]
    public void A_copy_has_the_attributes_of_its_message_and_the_reason_anew()
    {
        ledger.Received(Message(2, new() { ["tenant"] = Text("a"), ["digest"] = Binary(1), ["ForwardFailure"] = Text("of an earlier copy") }));
        ledger.Received(Message(3, new() { ["tenant"] = Text("a") }));
        ledger.Received(Message(0, new() { ["digest"] = Binary(1) }));

        var copy = Copy(2);
        copy.MessageAttributes["tenant"] = Text("a");
        copy.MessageAttributes["digest"] = Binary(1);
        ledger.DeadLettered(copy);
        Assert.Equal(0, ledger.Mismatches);

        ledger.DeadLettered(Copy(3));
        Assert.Equal(1, ledger.Mismatches);

        var otherBytes = Copy(0);
        otherBytes.MessageAttributes["digest"] = Binary(2);
        ledger.DeadLettered(otherBytes);
        Assert.Equal(2, ledger.Mismatches);
    }

    [Fact]
    public void A_long_response_is_cut_and_stays_on_one_line()
    {
        var response = $"\\r\\na\\nb{new string('c', 100)}";
        Receive(2);

        var line = ledger.DeadLettered(Copy(2, $$"""{"outcome":"Rejected","status":422,"messageId":"id-2","response":"{{response}}"}"""));

        Assert.Equal($"id-2: Rejected, 422: a b{new string('c', 77)}…", line);
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

        ledger.Arrived(new("id-0", "POST", "/invoices", "body 0 "u8.ToArray()), down: false);

        Assert.Equal(1, ledger.Mismatches);
    }

    [Fact]
    public void A_request_that_went_another_way_than_its_route_is_a_mismatch()
    {
        Receive(0);

        ledger.Arrived(new("id-0", "POST", "/webhooks", "body 0"u8.ToArray()), down: false);

        Assert.Equal("id-0 arrived at /webhooks, and not at /invoices", ledger.FirstMismatch);
    }

    [Fact]
    public void An_order_is_put_to_its_own_URL_in_its_own_shape()
    {
        var orders = new Ledger([Sample(7, Behaviour.Accept) with { Route = SampleRoute.Orders }], seesArrivals: true, knowsRoutes: true);
        orders.Received(Message(7));
        var order = new Arrival("id-7", "PUT", "/orders/7?message=id-7", """{"order":7,"message":"id-7","data":body 7}"""u8.ToArray());

        orders.Arrived(order, down: false);
        Assert.Equal((0, 1), (orders.Mismatches, orders.Delivered));
        Assert.Equal(
            [(SampleRoute.Orders, 1), (SampleRoute.Invoices, 0), (SampleRoute.Webhooks, 0), (SampleRoute.Others, 0)], orders.DeliveredByRoute());

        orders.Arrived(order with { Method = "POST" }, down: false);
        orders.Arrived(order with { Target = "/orders/8?message=id-7" }, down: false);
        orders.Arrived(order with { Body = "body 7"u8.ToArray() }, down: false);
        Assert.Equal(3, orders.Mismatches);
    }

    [Fact]
    public void By_routes_of_the_users_own_a_message_may_arrive_anywhere_and_as_anything()
    {
        var others = new Ledger([Sample(0, Behaviour.Accept)], seesArrivals: true);
        others.Received(Message(0));

        others.Arrived(new("id-0", "DELETE", "/elsewhere", []), down: false);

        Assert.Equal((0, 1), (others.Mismatches, others.Delivered));
        Assert.Empty(others.DeliveredByRoute());
    }

    [Fact]
    public void Signatures_are_counted_at_each_arrival_where_one_is_due()
    {
        Receive(0, 1);

        ledger.Arrived(new("id-0", "POST", "/invoices", "body 0"u8.ToArray(), Verified: true), down: true);
        ledger.Arrived(new("id-0", "POST", "/invoices", "body 0"u8.ToArray(), Verified: true), down: false);
        ledger.Arrived(new("id-1", "POST", "/invoices", "body 1"u8.ToArray(), Verified: false), down: false);
        Arrive(1);

        Assert.Equal((2, 1), ledger.Signatures);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("unknown")]
    public void A_request_that_names_no_message_is_a_mismatch(string? id)
    {
        Receive(0);

        ledger.Arrived(new(id, "POST", "/invoices", "body 0"u8.ToArray()), down: false);

        Assert.Equal(1, ledger.Mismatches);
    }

    private void Receive(params int[] numbers)
    {
        foreach (var number in numbers) ledger.Received(Message(number));
    }

    private Behaviour Arrive(int number, bool down = false) =>
        ledger.Arrived(new($"id-{number}", "POST", "/invoices", Encoding.UTF8.GetBytes($"body {number}")), down);

    private static Sample Sample(int number, Behaviour behaviour) => new(number, SampleRoute.Invoices, $"body {number}", null, behaviour, "g");

    private static Message Message(int number, Dictionary<string, MessageAttributeValue>? attributes = null) => new()
    {
        MessageId = $"id-{number}",
        Body = $"body {number}",
        Attributes = new() { ["ApproximateReceiveCount"] = "3" },
        MessageAttributes = attributes,
    };

    private static Message Copy(int number, string? failure = null, string id = "copy")
    {
        var text = failure ?? $$"""{"outcome":"Rejected","status":400,"messageId":"id-{{number}}","response":"no such tenant"}""";
        var copy = Message(number, new() { ["ForwardFailure"] = Text(text) });
        copy.MessageId = $"{id}-of-{number}";
        return copy;
    }

    private static MessageAttributeValue Text(string text) => new() { DataType = "String", StringValue = text };

    private static MessageAttributeValue Binary(byte value) => new() { DataType = "Binary", BinaryValue = new MemoryStream([value]) };
}
