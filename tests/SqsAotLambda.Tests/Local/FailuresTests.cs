using SqsAotLambda.Local;

namespace SqsAotLambda.Tests.Local;

/// <summary>The reasons of failures, as the local runner reads them from the function's log.</summary>
public sealed class FailuresTests
{
    private readonly Failures failures = new();

    [Fact]
    public void Each_kind_is_told_by_its_last_failure_and_its_number()
    {
        Assert.True(Add("""{"message":"MessageFailed","outcome":"Throttled","status":429,"route":"default","endpoint":"http://a/1"}"""));
        Assert.False(Add("""{"message":"MessageFailed","outcome":"Throttled","status":429,"route":"default","endpoint":"http://a/2"}"""));
        Assert.True(Add("""{"message":"MessageDeadLettered","outcome":"Throttled","status":503}"""));
        Assert.True(Add("""{"message":"MessageFailed","outcome":"NotAttempted","hold":"Time"}"""));
        Assert.True(Add("""{"message":"MessageFailed","outcome":"NotAttempted","hold":"Breaker","route":"orders"}"""));

        Assert.Equal(
            [
                ("last failure", "Throttled, 429 (route default, http://a/2), 2 log lines"),
                ("last failure", "Throttled, 503, 1 log line"),
                ("last failure", "NotAttempted, Time, 1 log line"),
                ("last failure", "NotAttempted, Breaker (route orders), 1 log line"),
            ],
            failures.Rows());
    }

    [Theory]
    [InlineData("""{"message":"MessageFailed","outcome":"Unavailable","fault":"Connect","reason":"refused"}""")]
    [InlineData("""{"message":"MessageFailed","outcome":"Unavailable","fault":"Connect","detail":"refused"}""")]
    public void The_detail_of_a_fault_is_read_in_its_older_form_too(string line) =>
        Assert.Equal("Unavailable, Connect: refused", $"{FunctionFailure.TryParse(line)}");

    [Fact]
    public void The_reason_of_a_message_without_a_request_is_told() => Assert.Equal(
        "Rejected: the attribute tenant is missing (route orders)",
        $"{FunctionFailure.TryParse(
            """{"message":"MessageDeadLettered","outcome":"Rejected","reason":"the attribute tenant\nis missing","route":"orders"}""")}");

    [Theory]
    [InlineData("Breaker", true)]
    [InlineData("Time", false)]
    public void What_the_breaker_held_back_is_known(string hold, bool isHeldByBreaker)
    {
        var failure = FunctionFailure.TryParse($$"""{"message":"MessageFailed","outcome":"NotAttempted","hold":"{{hold}}"}""");

        Assert.Equal(isHeldByBreaker, failure!.IsHeldByBreaker);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MessageFailed")]
    [InlineData("""{"message":"MessageFailed","outcome":"Thrott""")]
    [InlineData("""{"message":"MessageFailed"}""")]
    [InlineData("""{"message":"MessageFailed","outcome":"Rejected","status":"400"}""")]
    [InlineData("""{"message":"BatchHandled","note":"MessageFailed","outcome":"Rejected"}""")]
    public void Other_lines_tell_of_no_failure(string line) => Assert.Null(FunctionFailure.TryParse(line));

    [Fact]
    public void Kinds_beyond_the_twentieth_are_not_kept()
    {
        for (var status = 400; status < 450; status++)
            Add($$"""{"message":"MessageFailed","outcome":"Rejected","status":{{status}}}""");

        Assert.Equal(20, failures.Rows().Count());
        Assert.False(Add("""{"message":"MessageFailed","outcome":"Rejected","status":499}"""));
    }

    private bool Add(string line) => failures.Add(FunctionFailure.TryParse(line)!);
}
