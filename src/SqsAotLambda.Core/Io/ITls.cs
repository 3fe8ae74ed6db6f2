using SqsAotLambda.Io.OpenSsl;

namespace SqsAotLambda.Io;

/// <summary>Secures TCP connections, and knows which servers it trusts: OpenSSL, or a simulation.</summary>
internal interface ITls
{
    /// <summary>Makes ready for handshakes, which takes some milliseconds the first time. If it can't, each handshake tells why.</summary>
    void Prepare();

    /// <summary>Shakes hands.</summary>
    /// <param name="socket">Connected. Unless a <see cref="TlsException"/> is thrown, it is disposed of with the transport, or at once.</param>
    /// <param name="host">Whose certificate is expected.</param>
    /// <param name="tickets">Of that server.</param>
    /// <exception cref="TlsException">The server or its certificate is refused, or it refused.</exception>
    /// <exception cref="EndOfStreamException">The server ended the connection within the handshake.</exception>
    /// <exception cref="SocketFaultException">The connection broke, or its time is over.</exception>
    ValueTask<ITransport> SecureAsync(Loop loop, TcpSocket socket, string host, TlsTickets tickets);
}
