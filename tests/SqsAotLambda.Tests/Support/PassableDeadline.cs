using SqsAotLambda.Http;

namespace SqsAotLambda.Tests.Support;

/// <summary>A deadline that passes when the test says so.</summary>
internal sealed class PassableDeadline
{
    private readonly FakeTime clock = new();

    public PassableDeadline() => Value = Deadline.After(TimeSpan.FromMinutes(1), clock);

    public Deadline Value { get; }

    public void Pass() => clock.Now = Value.At + TimeSpan.FromMilliseconds(1);
}
