using SqsAotLambda.Interop.Reporting;
using SqsAotLambda.Interop.Scenarios;
using SqsAotLambda.Interop.Servers;
using SqsAotLambda.Interop.Wire;

namespace SqsAotLambda.Tests.Interop;

public sealed class AccountTests
{
    private static readonly Down Outage = new(TimeSpan.FromSeconds(2));
    private static readonly ThreeConnections Closing = new(Excess.Close);

    [Fact]
    public void Messages_that_arrived_once_are_as_they_must_be()
    {
        var account = Of([new("a", 1, null), new("b", 1, null)]);

        Assert.Equal((2, 2, 0, 0), (account.Messages, account.Delivered, account.Failed, account.Duplicates));
        Assert.Empty(account.Breaches);
    }

    [Fact]
    public void A_message_that_was_taken_for_delivered_and_never_arrived_is_lost()
    {
        var account = Of([new("a", 1, null), new("b", 0, null)]);

        Assert.Equal(1, account.Delivered);
        Assert.Equal(["1 lost, b among them"], account.Breaches);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Duplicates_must_be_counted_resends(int resent, bool isWrong)
    {
        var account = Account.Of([new("a", 2, null), new("b", 2, Reset)], resent, _ => true);

        Assert.Equal((2, resent), (account.Duplicates, account.Resent));
        Assert.Equal(isWrong ? ["2 duplicates of 1 counted resends"] : Array.Empty<string>(), account.Breaches);
    }

    [Fact]
    public void Failures_that_nothing_excuses_are_told_by_their_kind()
    {
        var account = Of([new("a", 1, Reset), new("b", 0, Reset), new("c", 0, new("Unavailable", 502, null)), new("d", 1, null)]);

        Assert.Equal((3, 1), (account.Failed, account.Delivered));
        Assert.Equal(
            ["2 failed in vain: Unavailable Reset, a among them", "1 failed in vain: Unavailable 502, c among them"], account.Breaches);
    }

    [Fact]
    public void A_failure_that_is_excused_is_counted_and_no_breach()
    {
        var account = Account.Of([new("a", 0, Reset)], resent: 0, _ => true);

        Assert.Equal(1, account.Failed);
        Assert.Empty(account.Breaches);
    }

    [Fact]
    public void A_server_that_goes_down_excuses_requests_that_it_had_read() =>
        Assert.True(Outage.Excuses(new("a", 1, Connect), kind: null, isTls: false));

    [Fact]
    public void A_server_that_goes_down_may_answer_503()
    {
        Assert.True(Outage.Excuses(new("a", 0, new("Unavailable", 503, null)), kind: null, isTls: false));
        Assert.False(Outage.Excuses(new("a", 0, new("Unavailable", 502, null)), kind: null, isTls: false));
    }

    [Theory]
    [InlineData("Reset", true, true)]
    [InlineData("Truncated", true, true)]
    [InlineData("Reset", false, false)]
    [InlineData("Connect", true, false)]
    public void A_server_that_goes_down_excuses_broken_connections_of_messages_that_met_its_end(
        string fault, bool metIt, bool isExcused) =>
        Assert.Equal(isExcused, Outage.Excuses(new("a", 0, new("Unavailable", null, fault), metIt), kind: null, isTls: false));

    [Theory]
    [InlineData(false, "Reset", true)]
    [InlineData(false, "Connect", false)]
    [InlineData(true, "Reset", false)]
    public void A_connection_too_many_may_cost_a_request_that_needs_no_handshake(bool isTls, string fault, bool isExcused) =>
        Assert.Equal(isExcused, Closing.Excuses(new("a", 0, new("Unavailable", null, fault)), kind: null, isTls));

    [Fact]
    public void A_server_that_reloads_excuses_nothing() =>
        Assert.False(new Reload().Excuses(new("a", 0, Reset, MetServersEnd: true), new Nginx(), isTls: false));

    [Theory]
    [InlineData(0, "Reset", false, true)]
    [InlineData(1, "Reset", false, false)]
    [InlineData(0, "Connect", false, false)]
    [InlineData(0, "Reset", true, false)]
    public void A_reload_that_resets_new_connections_excuses_requests_that_went_out_without_a_handshake(
        int times, string fault, bool isTls, bool isExcused) =>
        Assert.Equal(isExcused, new Reload().Excuses(new("a", times, new("Unavailable", null, fault)), new Caddy(), isTls));

    private static Failure Reset => new("Unavailable", null, "Reset");

    private static Failure Connect => new("Unavailable", null, "Connect");

    private static Account Of(MessageEnd[] ends) => Account.Of(ends, resent: 0, _ => false);
}
