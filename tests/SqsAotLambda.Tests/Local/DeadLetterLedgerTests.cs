using SqsAotLambda.Local;
using static SqsAotLambda.Tests.Local.Samples;

namespace SqsAotLambda.Tests.Local;

/// <summary>What the local runner books of dead letters.</summary>
public sealed class DeadLetterLedgerTests
{
    private readonly Ledger ledger = Ledger();

    [Fact]
    public void A_message_neither_delivered_nor_dead_lettered_is_lost()
    {
        ledger.SentMore(4);
        ledger.Receive(0, 1, 2, 3);
        ledger.Arrive(0);

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
        ledger.Receive(0);
        ledger.Arrive(0);

        ledger.DeadLettered(Copy(0));

        Assert.Equal((1, 1, 0), (ledger.Delivered, ledger.Duplicates, ledger.Lost));
        var letters = ledger.DeadLetters();
        Assert.Equal((0, 1, 1), (letters.Count, letters.DeliveredToo, letters.Total));
    }

    [Fact]
    public void A_message_dead_lettered_twice_is_a_duplicate()
    {
        ledger.SentMore(1);
        ledger.Receive(2);

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
        ledger.Receive(2);

        Assert.Equal("id-2: Rejected, 400: no such tenant", ledger.DeadLettered(Copy(2)));
        Assert.Null(ledger.DeadLettered(Copy(2)));

        Assert.Equal((1, 0), (ledger.DeadLetters().Count, ledger.Duplicates));
    }

    [Fact]
    public void The_reason_of_a_copy_is_what_the_function_wrote()
    {
        ledger.Receive(0, 2, 3);

        ledger.DeadLettered(Copy(0, """{"outcome":"Unavailable","status":null,"messageId":"id-0"}"""));
        ledger.DeadLettered(Copy(2));
        ledger.DeadLettered(Copy(3));

        Assert.Equal([("Rejected, 400: no such tenant", 2), ("Unavailable", 1)], ledger.DeadLetters().Reasons);
    }

    [Theory]
    [InlineData("""{"outcome":"Rejected","status":null,"attempts":3,"messageId":"id-0","reason":"no tenant"}""", "Rejected: no tenant", "receives 3")]
    [InlineData(
        """
        {"outcome":"Unavailable","status":null,"fault":"Connect","detail":"refused",
          "receives":3,"attempts":3,"messageId":"id-0","route":"r","queue":"q"}
        """,
        "Unavailable, Connect: refused",
        "route r, queue q, receives 3")]
    public void The_members_of_a_copy_are_read_in_the_older_form_and_in_the_newer(string failure, string reason, string whereabouts)
    {
        ledger.Receive(0);

        Assert.Equal($"id-0: {reason} ({whereabouts})", ledger.DeadLettered(Copy(0, failure)));
        Assert.Equal([(reason, 1)], ledger.DeadLetters().Reasons);
        Assert.Equal(0, ledger.Mismatches);
    }

    [Fact]
    public void Without_a_reason_it_was_SQS_and_the_last_answer_is_told()
    {
        ledger.Receive(1, 2);
        ledger.Arrive(2);

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
        var blind = new Ledger([SampleOf(0, Behaviour.Accept), SampleOf(1, Behaviour.Accept)], seesArrivals: false);
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
        var blind = new Ledger([SampleOf(0, Behaviour.Accept)], seesArrivals: false);
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
        ledger.Receive(2);

        ledger.DeadLettered(Copy(2, failure));

        Assert.NotEqual(0, ledger.Mismatches);
    }

    [Fact]
    public void A_changed_body_of_a_dead_letter_is_a_mismatch()
    {
        ledger.Receive(2);

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
        ledger.Receive(2);

        var line = ledger.DeadLettered(Copy(2, $$"""{"outcome":"Rejected","status":422,"messageId":"id-2","response":"{{response}}"}"""));

        Assert.Equal($"id-2: Rejected, 422: a b{new string('c', 77)}…", line);
    }
}
