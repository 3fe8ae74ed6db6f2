using SqsAotLambda.Benchmarks.Measuring;

namespace SqsAotLambda.Tests.Benchmarks;

public sealed class StatisticsTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3)]
    [InlineData(new[] { 9.0, 1, 2 }, 2)]
    [InlineData(new[] { 4.0, 1, 3, 100 }, 3.5)]
    public void The_median_is_the_middle_of_the_sorted_values(double[] values, double median) => Assert.Equal(median, Statistics.Median(values));
}
