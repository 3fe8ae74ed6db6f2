namespace SqsAotLambda.Simulation.Checking;

/// <summary>What holds in every life.</summary>
internal enum Invariant
{
    /// <summary>At its end each message was accepted whole, dropped by a rule, is whole in the dead-letter queue, or is still on its queue.</summary>
    NothingIsLost,

    /// <summary>A message that an answer does not name was accepted, dropped, or its copy was confirmed.</summary>
    AcknowledgedForAReason,

    /// <summary>What the function derives of an answer is derived of the answer to that very request.</summary>
    EachAnswerIsItsOwn,

    /// <summary>Init takes 10 s at most, and each invocation is answered before its deadline.</summary>
    AnsweredInTime,

    /// <summary>Open descriptors stay within what the settings allow, and none is left after a long freeze.</summary>
    DescriptorsAreBounded,

    /// <summary>Within a group no message is sent before those ahead of it are done.</summary>
    OrderIsKept,

    /// <summary>Each line is JSON, and none holds a body or a secret.</summary>
    LinesAreSafe,

    /// <summary>A request is its own message's: body, key, route, credential.</summary>
    RequestsAreWhole,

    /// <summary>A request of whose answer anything came is not sent again in the same invocation.</summary>
    NoRequestIsRepeated,

    /// <summary>
    /// A message is requested once a receive; once more, over a new connection, only if the first met one that had carried other requests, or that
    /// its server gave up, and only if the settings allow it.
    /// </summary>
    OneMoreTryAtMost,

    /// <summary>
    /// The dead-letter queue holds only what was rejected on its own account or failed on its last receive, and of an endpoint that rejects all
    /// five.
    /// </summary>
    DeadLettersAreDue,

    /// <summary>In a message group there are no more requests under way than its limit.</summary>
    GroupsKeepTheirLimit,

    /// <summary>No message group waits behind another one's backlog.</summary>
    GroupsTakeTurns,

    /// <summary>An endpoint that throttles gets no more requests than its pace allows.</summary>
    PaceIsKept,

    /// <summary>A minute after the last throttle there is no pace any more.</summary>
    PaceIsForgotten,

    /// <summary>While a breaker waits for its probe, nothing else goes.</summary>
    ProbesGoAlone,

    /// <summary>A message that a pause of the breaker held back comes again after its back-off.</summary>
    PausesParkNothing,

    /// <summary>Among bad messages the good ones wait no longer than they would if no endpoint were suspect: <see cref="GoodAmongBad"/>.</summary>
    GoodOnesDoNotWait,

    /// <summary>When an invocation is answered, none of its requests is under way.</summary>
    NothingIsUnderWay,

    /// <summary>No exception escapes, no line tells of a bug, and nothing waits for ever.</summary>
    NothingBreaks,
}
