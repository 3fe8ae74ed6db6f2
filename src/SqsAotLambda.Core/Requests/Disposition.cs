using SqsAotLambda.Http;

namespace SqsAotLambda.Requests;

/// <summary>What an endpoint says is to become of a message, in the header <c>Forward-Disposition</c> of its answer.</summary>
internal enum Disposition : byte
{
    /// <summary>It says nothing, or is not asked.</summary>
    None = 0,

    Delivered,

    Drop,

    Retry,

    DeadLetter,

    /// <summary>Something else, which counts as nothing.</summary>
    Unknown,
}

internal static class Dispositions
{
    public static Disposition Of(in ResponseHead head) => head.Header("Forward-Disposition"u8)?.ToLowerInvariant() switch
    {
        null => Disposition.None,
        "delivered" => Disposition.Delivered,
        "drop" => Disposition.Drop,
        "retry" => Disposition.Retry,
        "dead-letter" => Disposition.DeadLetter,
        _ => Disposition.Unknown,
    };
}
