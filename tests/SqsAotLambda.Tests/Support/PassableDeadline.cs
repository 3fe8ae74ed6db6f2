using SqsAotLambda.Http;

namespace SqsAotLambda.Tests.Support;

/// <summary>A deadline that passes when the test says so.</summary>
internal sealed class PassableDeadline
{
    private readonly FakeTimeProvider clock = Given.Clock();

    public PassableDeadline() => Value = Deadline.After(TimeSpan.FromMinutes(1), clock);

    public Deadline Value { get; }

    public void Pass() => clock.SetUtcNow(Value.At + TimeSpan.FromMilliseconds(1));
}
