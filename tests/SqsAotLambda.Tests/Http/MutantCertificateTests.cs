using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CsCheck;
using SqsAotLambda.Http;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Http.MutantChain;

namespace SqsAotLambda.Tests.Http;

/// <summary>Certificates and bundles that were changed at random, judged beside .NET's own verification in this process.</summary>
public sealed partial class MutantCertificateTests : IDisposable
{
    private readonly TrustFiles files = [];
    private int trusted, refused;

    public void Dispose() => files.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task A_changed_certificate_is_a_fault_or_one_that_NET_trusts_too()
    {
        await using var server = new CertificateServer();
        files.Add("bundle.pem", Root.Pem);
        var connector = Connector();
        await HoldsAsync(Any, runs: 1500, async chain =>
        {
            server.Chain = chain.Ders;
            var isTrusted = await IsTrustedAsync(connector, server.Port);
            _ = isTrusted ? trusted++ : refused++;
            Assert.True(!isTrusted || IsTrustedByDefault(chain.Ders, [Root.Certificate]), $"It is trusted, and .NET does not trust it: {chain}");
        });

        Assert.True(trusted > 50 && refused > 500, $"{trusted} are trusted and {refused} refused: the changes are the wrong ones.");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_changed_bundle_makes_nobody_trusted_whom_the_whole_one_does_not()
    {
        await using var server = new CertificateServer();
        var stranger = Issued.Root("Other").Authority(Host, Issued.Terms.Server);
        var (known, bundle) = (Root.Authority(Host, Issued.Terms.Server), Issued.Root("First").Pem + Root.Pem + Issued.Root("Last").Pem);
        await HoldsAsync(Mutated.AnyOf(Encoding.ASCII.GetBytes(bundle)), runs: 500, async changed =>
        {
            files.Add("bundle.pem", changed.Bytes);
            var connector = Connector();
            server.Chain = [stranger.Certificate.RawData];
            Assert.False(await IsTrustedAsync(connector, server.Port));
            server.Chain = [known.Certificate.RawData];
            _ = await IsTrustedAsync(connector, server.Port) ? trusted++ : refused++;
        });

        Assert.True(trusted > 50 && refused > 50, $"{trusted} are trusted and {refused} refused: the changes are the wrong ones.");
    }

    /// <summary>On this thread, which has the loop.</summary>
    private static async Task HoldsAsync<T>(Gen<T> inputs, int runs, Func<T, Task> claim)
    {
        var breach = await Property.FindBreachAsync(inputs, runs, claim);
        Assert.True(breach is null, $"The input of the seed {breach?.Seed}: {breach?.Cause}");
    }

    private Connector Connector()
    {
        var trust = new TrustStore(new CertificateFiles(files.Bundle, files.Directories), TimeProvider.System);
        return new((_, _, _) => throw new NotSupportedException(), trust, TimeSpan.FromSeconds(20), 1024, TestLoop.Here);
    }

    /// <summary>The server has gone after its certificate: who got as far as to notice has trusted it.</summary>
    private static async Task<bool> IsTrustedAsync(Connector connector, int port)
    {
        using var tickets = new TlsTickets();
        var failure = await Assert.ThrowsAsync<HttpFaultException>(
            () => connector.OpenAsync(new(true, Host, port), [new(IPAddress.Loopback, port)], new Gate(TestLoop.Here, 1), tickets));
        Assert.True(failure.Fault is Fault.Certificate or Fault.Tls, $"The fault is {failure.Fault}.");
        Assert.InRange(FaultDetail.Of(failure)!, " ", "~");
        return failure.InnerException is EndOfStreamException;
    }

    private static bool IsTrustedByDefault(byte[][] ders, X509Certificate2Collection roots)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new(TrustIssuers.ServerUsage));
        try
        {
            var leaf = X509CertificateLoader.LoadCertificate(ders[0]);
            foreach (var other in ders[1..]) chain.ChainPolicy.ExtraStore.Add(X509CertificateLoader.LoadCertificate(other));
            return chain.Build(leaf) && HasName(leaf.Handle, Host, Host.Length) == 1;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>What .NET's SslStream asks; <c>MatchesHostname</c> is another, which minds names that are not asked for.</summary>
    [LibraryImport(
        "libSystem.Security.Cryptography.Native.OpenSsl", EntryPoint = "CryptoNative_CheckX509Hostname", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int HasName(nint certificate, string host, int length);
}
