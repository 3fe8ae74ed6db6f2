namespace SqsAotLambda.Http;

/// <summary>What kept an answer from coming.</summary>
internal enum Fault
{
    None = 0,

    /// <summary>The request's own time was up, or the invocation's.</summary>
    Timeout,

    /// <summary>The host has no address that may be dialled; nothing was sent.</summary>
    Address,

    Dns,

    Connect,

    /// <summary>The TLS handshake broke off.</summary>
    Tls,

    /// <summary>The endpoint's certificate was refused.</summary>
    Certificate,

    /// <summary>A secret or a token could not be had, and no request was sent.</summary>
    Credential,

    /// <summary>The connection was reset; the message may have arrived.</summary>
    Reset,

    /// <summary>The connection ended before the head of the answer was complete; the message may have arrived.</summary>
    Truncated,

    /// <summary>The answer was not HTTP, or over a limit; the message may have arrived.</summary>
    Malformed,

    /// <summary>A bug of the function; the message may have arrived.</summary>
    Internal,
}

/// <summary>No answer came.</summary>
internal sealed class HttpFaultException(Fault fault, Exception? cause = null) : Exception(fault.ToString(), cause)
{
    public Fault Fault => fault;

    /// <summary>A new connection was refused, or ended before anything was sent over it, as by a server that restarts.</summary>
    public bool IsRefusal { get; init; }
}

/// <summary>The peer sent something that is not an HTTP/1.1 response, or one over a limit.</summary>
internal sealed class HttpFormatException(string message) : Exception(message);

/// <summary>A host has addresses, and none of them may be dialled.</summary>
internal sealed class AddressRefusedException(string host) : Exception($"Every address of {host} is refused.");
