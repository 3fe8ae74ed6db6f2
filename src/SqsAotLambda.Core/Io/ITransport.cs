namespace SqsAotLambda.Io;

/// <summary>What carries bytes both ways: a TCP connection, or TLS over one.</summary>
internal interface ITransport : IDisposable
{
    TcpSocket Socket { get; }

    /// <summary>Sends all of it.</summary>
    /// <exception cref="IOException">The connection broke, or its time is over.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Waits for what comes next.</summary>
    /// <param name="to">Not empty.</param>
    /// <returns>How many bytes came; 0: the peer sends no more.</returns>
    /// <exception cref="IOException">The connection broke, or its time is over.</exception>
    ValueTask<int> ReadAsync(Memory<byte> to);

    /// <summary>Nothing is due from the peer from now on.</summary>
    /// <param name="whenUnasked">
    /// Called, perhaps more than once, when something comes all the same, or the connection or its time ends. It must not throw.
    /// </param>
    /// <returns>False: something was there already. The connection can only be disposed of.</returns>
    bool TryRest(Action whenUnasked);

    /// <summary>Something is due again.</summary>
    /// <returns>False: something has come unasked, which is about to be told. The connection can only be disposed of.</returns>
    bool TryEndRest();
}
