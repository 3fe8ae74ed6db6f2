using SqsAotLambda.Benchmarks.Measuring;
using SqsAotLambda.Benchmarks.Reporting;
using SqsAotLambda.Benchmarks.Running;

namespace SqsAotLambda.Tests.Benchmarks;

public sealed class TableTests
{
    private static readonly Peer Ours = new("ours", ["ours"]);
    private static readonly Peer Go = new("go", ["go"]);
    private static readonly Metric Start = new("start", "start, ms", 1);

    [Fact]
    public void A_cell_has_median_minimum_and_the_ratio_to_the_first_peer()
    {
        var results = new Results();
        foreach (var value in new[] { 4.0, 2, 3 }) results.Add(Ours, [new(Start, value)]);
        foreach (var value in new[] { 6.0, 6, 6 }) results.Add(Go, [new(Start, value)]);

        Assert.Equal("| | ours | go |\n|---|---|---|\n| start, ms | 3.0 (2.0) | 6.0 ×2.00 |\n", Table.Of([Ours, Go], results));
    }

    [Fact]
    public void What_was_not_measured_has_a_dash_and_no_ratio()
    {
        var results = new Results();
        results.Add(Go, [new(Start, 6)]);

        Assert.Equal("| | ours | go |\n|---|---|---|\n| start, ms | - | 6.0 |\n", Table.Of([Ours, Go], results));
    }
}
