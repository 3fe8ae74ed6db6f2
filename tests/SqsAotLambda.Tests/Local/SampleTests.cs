using SqsAotLambda.Local;

namespace SqsAotLambda.Tests.Local;

/// <summary>The sample messages of the local runner.</summary>
public sealed class SampleTests
{
    [Fact]
    public void Under_pressure_all_samples_are_accepted_and_go_one_way()
    {
        var samples = SqsAotLambda.Local.Samples.Create(200, new SampleKind(AllAccepted: true, OneRoute: true));

        Assert.All(samples, sample => Assert.Equal((Behaviour.Accept, SampleRoute.Others), (sample.Behaviour, sample.Route)));
        Assert.All(samples, sample => Assert.False(sample.Attributes?.ContainsKey("type") ?? false));
    }

    [Fact]
    public void Most_messages_are_of_the_first_tenant_and_the_others_come_behind_them()
    {
        var samples = SqsAotLambda.Local.Samples.Create(20, new SampleKind(Tenants: 3));

        string[] tenants = [.. Enumerable.Repeat("tenant-1", 18), "tenant-2", "tenant-3"];
        Assert.Equal(tenants, samples.Select(sample => sample.Tenant));
        Assert.Equal(tenants, samples.Select(sample => SqsAotLambda.Local.Samples.Entry(sample).MessageGroupId));
        Assert.All(samples, sample => Assert.Null(SqsAotLambda.Local.Samples.Entry(sample).MessageDeduplicationId));
    }

    [Fact]
    public void A_queue_that_drops_the_tenant_of_a_message_is_a_mismatch()
    {
        var ledger = new Ledger([Samples.SampleOf(0, Behaviour.Accept) with { Group = null, Tenant = "tenant-1" }], seesArrivals: true);

        ledger.Received(Samples.Message(0));

        Assert.Equal("the queue did not keep the message group tenant-1 of id-0", ledger.FirstMismatch);
    }
}
