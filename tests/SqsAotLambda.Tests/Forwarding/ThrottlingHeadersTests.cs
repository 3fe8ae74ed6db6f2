using SqsAotLambda.Forwarding;

namespace SqsAotLambda.Tests.Forwarding;

public sealed class ThrottlingHeadersTests
{
    private static readonly DateTimeOffset Now = new(2015, 10, 21, 7, 28, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("120", 120)]
    [InlineData("0.2", 1)]
    [InlineData("1.0", 1)]
    [InlineData("99999999999999999999", int.MaxValue)]
    [InlineData("Wed, 21 Oct 2015 07:28:30 GMT", 30)]
    [InlineData("Wednesday, 21-Oct-15 07:28:30 GMT", 30)]
    [InlineData("Wed Oct 21 07:28:30 2015", 30)]
    [InlineData("Thu Oct  1 07:28:30 2015", 0)]
    [InlineData("Wed, 21 Oct 2015 07:27:59 GMT", 0)]
    public void Retry_After_is_seconds_or_a_date(string value, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), ThrottlingHeaders.RetryAfter(value, Now));

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1e3")]
    [InlineData("NaN")]
    [InlineData("soon")]
    [InlineData("1,5")]
    [InlineData("21 Oct 2015")]
    public void A_negative_or_unreadable_Retry_After_is_ignored(string value) => Assert.Null(ThrottlingHeaders.RetryAfter(value, Now));

    [Fact]
    public void A_date_between_two_seconds_rounds_up() =>
        Assert.Equal(TimeSpan.FromSeconds(30), ThrottlingHeaders.RetryAfter("Wed, 21 Oct 2015 07:28:30 GMT", Now.AddMilliseconds(1)));

    [Theory]
    [InlineData("\"default\";r=0;t=30", true)]
    [InlineData("\"default\"; r=0", true)]
    [InlineData("\"a\";r=3, \"b\";r=0", true)]
    [InlineData("\"default\";r=10;t=30", false)]
    [InlineData("\"default\";r=01", false)]
    [InlineData("\"default\";t=0", false)]
    [InlineData("", false)]
    public void A_quota_with_nothing_left_is_spent(string rateLimit, bool spent) => Assert.Equal(spent, ThrottlingHeaders.QuotaSpent(rateLimit));
}
