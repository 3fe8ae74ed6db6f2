using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>What kept an answer from coming.</summary>
internal enum Fault : byte
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

    /// <summary>The answer had no sound status line, or a body that is needed could not be told; the message may have arrived.</summary>
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

/// <summary>The peer sent something that is not an HTTP/1.1 response, or a body that can't be told or is over a limit.</summary>
/// <param name="message">Safe to show: it holds nothing that the peer sent.</param>
internal sealed class HttpFormatException(string message) : Exception(message);

/// <summary>A host has addresses, and none of them may be dialled.</summary>
internal sealed class AddressRefusedException(string host) : Exception($"Every address of {host} is refused.");

/// <summary>Tells why no answer came, beyond the fault: an error of TLS or of the kernel, or what was wrong with the answer.</summary>
internal static class FaultDetail
{
    /// <summary>In characters.</summary>
    private const int Max = 200;

    /// <returns>Safe to show: nothing that a peer sent but names in its certificates. Null: nothing is known.</returns>
    public static string? Of(Exception? cause) => cause switch
    {
        HttpFaultException { InnerException: { } inner } => Of(inner),
        // The fault says it all.
        SocketFaultException { Number: Errno.TimedOut, To: null } => null,
        IOException or HttpFormatException or AddressRefusedException => Cut(cause.Message),
        _ => null,
    };

    private static string Cut(string text) => text.Length <= Max ? text : text[..Max] + "…";
}
