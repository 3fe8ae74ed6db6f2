namespace SqsAotLambda.Io.OpenSsl;

/// <summary>The last session with a server, by which the next handshake takes half the CPU.</summary>
internal sealed class TlsTickets : IDisposable
{
    /// <summary>0: there is none.</summary>
    private nint session;

    private bool isNew, isDisposed;

    /// <summary>Called when one has come.</summary>
    public Action Came { get; set; } = () => { };

    /// <summary>A connection's handshake is to go on from it, if there is one.</summary>
    public void Use(nint ssl)
    {
        if (session == 0) return;

        // A copy: OpenSSL takes a session out of use when a handshake has gone on from it, though others could.
        var copy = LibSsl.CopySession(session);
        _ = LibSsl.SetSession(ssl, copy);
        LibSsl.FreeSession(copy);
    }

    /// <param name="session">It is this object's from now on.</param>
    public void Keep(nint session)
    {
        Free();
        if (isDisposed) LibSsl.FreeSession(session);
        else (this.session, isNew) = (session, true);
    }

    /// <summary>Tells of one that has come. Out of OpenSSL's own call nothing must be done with its connection.</summary>
    public void Tell()
    {
        if (!isNew) return;

        isNew = false;
        Came();
    }

    public void Dispose()
    {
        isDisposed = true;
        Free();
    }

    private void Free()
    {
        if (session != 0) LibSsl.FreeSession(session);
        session = 0;
    }
}
