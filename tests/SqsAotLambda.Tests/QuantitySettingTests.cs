using SqsAotLambda.Reading;
using static SqsAotLambda.Tests.Support.ParsedSettings;

namespace SqsAotLambda.Tests;

/// <summary>Durations and numbers of settings, with their units and bounds.</summary>
public sealed class QuantitySettingTests
{
    [Theory]
    [InlineData("1ms", 1)]
    [InlineData("1500ms", 1500)]
    [InlineData("15s", 15_000)]
    [InlineData("015s", 15_000)]
    [InlineData("5m", 300_000)]
    [InlineData("15m", 900_000)]
    [InlineData("900s", 900_000)]
    [InlineData("900000ms", 900_000)]
    public void A_duration_is_a_whole_number_with_its_unit(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Parse(("FORWARD_TIMEOUT", text)).Routes[^1].Timeout);

    [Fact]
    public void A_duration_may_be_in_hours()
    {
        var read = new Variables(new Dictionary<string, string> { ["A"] = "2h" });

        var duration = read.Duration("A", "1s", min: "1s", max: "12h");

        Assert.Empty(read.Faults);
        Assert.Equal(TimeSpan.FromHours(2), duration);
    }

    [Theory]
    [InlineData("15")]
    [InlineData("1.5s")]
    [InlineData("1,5s")]
    [InlineData("-1s")]
    [InlineData("+1s")]
    [InlineData("15 s")]
    [InlineData(" 15s")]
    [InlineData("15s ")]
    [InlineData(" ")]
    [InlineData("s")]
    [InlineData("15S")]
    [InlineData("15sec")]
    [InlineData("1m30s")]
    [InlineData("00:00:15")]
    [InlineData("1d")]
    [InlineData("\u0661s")]
    [InlineData("0ms")]
    [InlineData("900001ms")]
    [InlineData("901s")]
    [InlineData("16m")]
    [InlineData("1h")]
    [InlineData("99999999h")]
    [InlineData("100000000h")]
    [InlineData("2147483647h")]
    [InlineData("2147483647m")]
    [InlineData("99999999999999999999h")]
    public void Any_other_duration_is_refused(string text)
    {
        var fault = Assert.Single(Faults(("FORWARD_TIMEOUT", text)));

        Assert.StartsWith($"FORWARD_TIMEOUT={text} is not allowed; it takes ", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("1m", 60_000)]
    public void A_deadline_margin_is_taken_up_to_its_bounds(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Parse(("FORWARD_DEADLINE_MARGIN", text)).DeadlineMargin);

    [Theory]
    [InlineData("499ms")]
    [InlineData("60001ms")]
    public void A_deadline_margin_out_of_its_bounds_is_refused(string text) => Assert.Single(Faults(("FORWARD_DEADLINE_MARGIN", text)));

    [Theory]
    [InlineData("1", 1)]
    [InlineData("1000", 1000)]
    [InlineData("007", 7)]
    public void A_concurrency_is_taken_up_to_its_bounds(string text, int concurrency) =>
        Assert.Equal(concurrency, Parse(("FORWARD_CONCURRENCY", text)).Concurrency);

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("1e2")]
    [InlineData("0x10")]
    [InlineData(" 1")]
    [InlineData("99999999999999999999")]
    public void Any_other_concurrency_is_refused(string text) => Assert.Single(Faults(("FORWARD_CONCURRENCY", text)));

    [Theory]
    [InlineData("1000", 1000)]
    [InlineData("64000", 64_000)]
    public void The_length_of_a_header_is_taken_up_to_its_bounds(string text, int bytes) =>
        Assert.Equal(bytes, Parse(("FORWARD_MAX_HEADER", text)).Requests.Limit.Max);

    [Theory]
    [InlineData("999")]
    [InlineData("64001")]
    [InlineData("8kB")]
    public void Any_other_length_of_a_header_is_refused(string text) => Assert.Equal(
        [$"FORWARD_MAX_HEADER={text} is not allowed; it takes a whole number from 1000 to 64000."], Faults(("FORWARD_MAX_HEADER", text)));
}
