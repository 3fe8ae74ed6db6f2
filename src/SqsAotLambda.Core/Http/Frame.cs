namespace SqsAotLambda.Http;

/// <summary>How far a body has come in the bytes behind its head, of which it is the first. Positions count from the end of the head.</summary>
internal readonly record struct Frame
{
    /// <summary>Where what belongs to the response ends, as far as that is known.</summary>
    public int Consumed { get; init; }

    /// <summary>The length of the body so far, in bytes; of chunks only whole ones count.</summary>
    public int Body { get; init; }

    public bool IsWhole { get; init; }

    /// <summary>So many bytes have to be there before the frame can go on.</summary>
    public int Needed { get; init; }

    /// <summary>Why the body is not taken any further; null: it is.</summary>
    public string? Refusal { get; init; }

    /// <summary>What begins where <see cref="Consumed"/> stands.</summary>
    public ChunkPart Part { get; init; }

    /// <summary>Of the present chunk, in bytes.</summary>
    public int ChunkSize { get; init; }

    /// <summary>Length of all chunk extensions so far, in bytes.</summary>
    public int Extensions { get; init; }

    /// <summary>Where the trailers begin.</summary>
    public int TrailersAt { get; init; }

    /// <summary>Up to here the present line has no end, so that it is searched once only.</summary>
    public int Searched { get; init; }
}

/// <summary>The parts of a chunked body.</summary>
internal enum ChunkPart { Size = 0, Data, Trailer }
