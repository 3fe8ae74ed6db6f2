namespace SqsAotLambda.Io.OpenSsl;

/// <summary>The last session with a server, by which the next handshake takes half the CPU.</summary>
internal sealed class TlsTickets : IDisposable
{
    /// <summary>0: there is none.</summary>
    private nint session;

    /// <summary>When the certificate that the session rests on is to be looked at again.</summary>
    private long until;

    private bool isNew, isDisposed;

    /// <summary>Called when one has come.</summary>
    public Action Came { get; set; } = () => { };

    /// <summary>A connection's handshake is to go on from it, if there is one that is not too old.</summary>
    /// <param name="now">By the loop's clock.</param>
    /// <returns>Until when.</returns>
    public long Use(nint ssl, long now)
    {
        if (session == 0 || now >= until) return now;

        // A copy: OpenSSL takes a session out of use when a handshake has gone on from it, though others could.
        var copy = LibSsl.CopySession(session);
        _ = LibSsl.SetSession(ssl, copy);
        LibSsl.FreeSession(copy);
        return until;
    }

    /// <param name="session">It is this object's from now on.</param>
    /// <param name="until">When the certificate that it rests on is to be looked at again, by the loop's clock.</param>
    public void Keep(nint session, long until)
    {
        Free();
        if (isDisposed) LibSsl.FreeSession(session);
        else (this.session, this.until, isNew) = (session, until, true);
    }

    /// <summary>
    /// Tells of one that has come. To be called last: other connections are opened now, and that of the ticket may be closed for one of them.
    /// </summary>
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
