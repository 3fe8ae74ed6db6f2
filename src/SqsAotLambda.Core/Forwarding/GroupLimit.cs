using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Lets so many lanes of one message group be delivered at once, whatever their endpoints.</summary>
internal sealed class GroupLimit(int most)
{
    private readonly Dictionary<(Queue, string), Group> groups = [];

    /// <param name="ready">Called when a lane that had to wait may go.</param>
    /// <returns>False: it waits.</returns>
    public bool TryEnter(Lane lane, Action ready)
    {
        if (lane.First.GroupId is not { } id) return true;

        var key = (lane.First.Queue, id);
        if (!groups.TryGetValue(key, out var group)) groups.Add(key, group = new());
        if (group.UnderWay == most)
        {
            group.Waiting.Enqueue(ready);
            return false;
        }

        group.UnderWay++;
        return true;
    }

    public void Leave(Lane lane)
    {
        if (lane.First.GroupId is not { } id) return;

        var group = groups[(lane.First.Queue, id)];
        if (group.Waiting.TryDequeue(out var ready)) ready();
        else group.UnderWay--;
    }

    private sealed class Group
    {
        public int UnderWay { get; set; }

        public Queue<Action> Waiting { get; } = new();
    }
}
