using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

// What .NET's own verification makes of the server at a port of loopback: it loads the store once in a process, so that each store
// takes a process of its own. Arguments: port, host name. Writes the errors that it found.
using var client = new TcpClient();
await client.ConnectAsync(IPAddress.Loopback, int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture));
using var tls = new SslStream(client.GetStream());
var options = new SslClientAuthenticationOptions
{
    TargetHost = args[1],
    RemoteCertificateValidationCallback = (_, _, chain, errors) =>
    {
        // The store says no more of a chain when the name is wrong.
        var others = errors & ~SslPolicyErrors.RemoteCertificateChainErrors;
        Console.WriteLine(errors is SslPolicyErrors.None ? "accepted"
            : others is not SslPolicyErrors.None ? others.ToString()
            : string.Join(", ", chain!.ChainStatus.Select(status => status.Status.ToString())));
        return errors is SslPolicyErrors.None;
    },
};
try
{
    await tls.AuthenticateAsClientAsync(options);
}
catch (AuthenticationException)
{
    // It is written above.
}
