using SqsAotLambda.Local.Lambda;

namespace SqsAotLambda.Tests.Local;

public sealed class MeasurementsTests
{
    private readonly Measurements measurements = new();

    [Fact]
    public void The_metric_Parked_is_summed_up_from_the_log()
    {
        measurements.Logged("""{"_aws":{},"level":"INFO","Parked":7,"Delivered":3}""");
        measurements.Logged("""{"message":"BatchHandled","delivered":3}""");
        measurements.Logged("""{"Parked":0}""");
        measurements.Logged("""{"Parked":5}""");

        Assert.Equal(12, measurements.Parked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"Parked\"")]
    [InlineData("""{"Parked":5""")]
    [InlineData("""{"Parked":"5"}""")]
    [InlineData("""{"Parked":5.5}""")]
    [InlineData("""{"note":"Parked"}""")]
    [InlineData("""{"inner":{"Parked":5}}""")]
    public void Other_lines_say_nothing_about_it(string line)
    {
        measurements.Logged(line);

        Assert.Null(measurements.Parked);
    }
}
