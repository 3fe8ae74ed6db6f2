namespace SqsAotLambda.Simulation.World;

/// <summary>How an endpoint answers one request.</summary>
internal enum Manner
{
    /// <summary>As it should.</summary>
    Plainly,

    /// <summary>After a time that may be longer than the request's.</summary>
    Late,

    Never,

    /// <summary>With the head of the request, and it reads the rest.</summary>
    Early,

    /// <summary>With the head of the request, and it reads no further for a while, or ever.</summary>
    EarlyAndStall,

    /// <summary>With the head of the request, and it closes or resets the connection.</summary>
    EarlyAndLeave,

    /// <summary>Not, and it closes the connection.</summary>
    Leave,

    /// <summary>Not, and it resets the connection, perhaps before the body is there.</summary>
    Reset,

    /// <summary>With half a head, and it closes the connection.</summary>
    HalfHead,

    /// <summary>With something that is no answer.</summary>
    Malformed,

    /// <summary>With a sound status line and a head that two readers could understand differently.</summary>
    Oddly,

    /// <summary>And it closes the connection, with or without saying so.</summary>
    AndLeave,

    /// <summary>And sends no more, but reads on.</summary>
    AndEnd,

    /// <summary>Twice.</summary>
    Twice,

    /// <summary>With a body that is cut off.</summary>
    Cut,

    /// <summary>With a body that ends with the connection, at once or after a while.</summary>
    UntilClosed,

    /// <summary>After answers that say to wait.</summary>
    AfterInterim,

    /// <summary>And, with TLS, it begins another record and does not end it, or ends the connection.</summary>
    AndHalfRecord,

    /// <summary>With TLS: with a last record that is cut off, and it ends the connection.</summary>
    CutRecord,
}

/// <summary>What an endpoint does with connections that carry more than one request.</summary>
internal enum Habit
{
    /// <summary>It keeps them open.</summary>
    Keeps,

    /// <summary>It closes them after each answer, without a word.</summary>
    Closes,

    /// <summary>It ends some of them under a later request.</summary>
    Ends,
}
