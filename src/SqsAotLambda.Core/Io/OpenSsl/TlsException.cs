using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace SqsAotLambda.Io.OpenSsl;

/// <summary>TLS failed. What it says is OpenSSL's own, or a name of a certificate, and safe to show.</summary>
internal sealed class TlsException(string message) : IOException(message)
{
    /// <summary>The peer's certificate was refused.</summary>
    public bool IsOfCertificate { get; init; }

    /// <summary>Of the peer; null: it sent none.</summary>
    public int? Alert { get; init; }

    /// <summary>Why OpenSSL's last call failed.</summary>
    public static TlsException Last()
    {
        // An alert is told as a reason from here on.
        const int FirstAlert = 1000, MaxAlert = 255, ReasonMask = 0x7fffff;
        const int NoApplicationProtocol = 120;
        var alert = (int)(LibCrypto.PeekError() & ReasonMask) - FirstAlert;
        if (alert is < 0 or > MaxAlert) return new(LastError());

        var speaks = alert == NoApplicationProtocol ? "; it takes no HTTP/1.1" : "";
        return new($"the server sent the alert \"{AlertText(alert)}\"{speaks}") { Alert = alert };
    }

    public static unsafe string LastError()
    {
        var error = LibCrypto.PeekError();
        _ = LibSsl.LoadTexts();
        var text = LibCrypto.ErrorText(error);
        return text is null ? $"OpenSSL's error {error.ToString("X8", CultureInfo.InvariantCulture)}" : Text(text);
    }

    public static unsafe string Text(byte* text) => Encoding.ASCII.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    private static unsafe string AlertText(int alert) => Text(LibSsl.AlertText(alert));
}
