using SqsAotLambda.Simulation.World;

namespace SqsAotLambda.Simulation.Checking;

/// <summary>Within a group there are no more requests under way than its limit.</summary>
internal sealed class GroupWatch(Universe world) : Watch
{
    public override void Asked(Exchange exchange)
    {
        if (world.Settings!.GroupConcurrency is not { } most || exchange.Message.Group is not { } group || !exchange.IsUnderWay) return;

        var count = world.Exchanges.Count(each => each.Message.Group == group && each.IsUnderWay);
        if (count == most) world.Met(Occasion.FullGroup);
        if (count > most) world.Ledger.Break(Invariant.GroupsKeepTheirLimit, $"{count} requests of {group} are under way, and {most} may be.");
    }
}
