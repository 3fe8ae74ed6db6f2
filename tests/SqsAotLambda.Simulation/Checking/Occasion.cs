namespace SqsAotLambda.Simulation.Checking;

/// <summary>What lives under pressure must come to, or their rules are not tried.</summary>
internal enum Occasion
{
    LifeOfThrottles,
    LifeOfRejections,
    LifeOfFailures,
    LifeOfRefusals,
    LifeWithoutDeadLetters,

    /// <summary>An answer with a <c>Forward-Disposition</c> that the settings heed.</summary>
    Disposition,

    /// <summary>One that they don't.</summary>
    UnheededDisposition,
    UnknownDisposition,

    /// <summary>It was sent before the request was there.</summary>
    EarlyDisposition,

    /// <summary>A rejection that dead-letters nothing.</summary>
    Suspicion,
    FiveDeadLetters,

    /// <summary>A message was sent late, or not, for the sake of a pace.</summary>
    WaitForTurn,

    /// <summary>A request soon after the first that was throttled.</summary>
    Turn,
    Probe,
    Pause,
    FullGroup,
    JudgedRound,

    /// <summary>A message on its last receive lacked a turn of the rate limit.</summary>
    LastWithoutTurn,
}
