using System.Security.Cryptography.X509Certificates;
using SqsAotLambda.Tests.Support;
using Terms = SqsAotLambda.Tests.Shared.Issued.Terms;

namespace SqsAotLambda.Tests.Http;

/// <summary>Servers over TLS, judged by the store and by .NET's own verification in a process of its own, both with the same files.</summary>
public sealed class TrustStoreTests(TrustVerdicts verdicts) : IClassFixture<TrustVerdicts>
{
    /// <summary>What .NET takes, and OpenSSL refuses by its security level. README lists them.</summary>
    private static readonly string[] Refused =
    [
        "weak key of the root", "weak key of an intermediate in the bundle", "SHA-1 signature of an intermediate in the bundle",
    ];

    public static IEnumerable<TheoryDataRow<string>> Names => TrustCases.All.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory, MemberData(nameof(Names))]
    public void A_server_is_trusted_where_NET_trusts_it_and_nowhere_else(string name)
    {
        var (byDefault, byStore) = verdicts[name];

        // The certificates are what the name of the case says.
        Assert.Equal(TrustCases.All[name].Accepted, byDefault == TrustVerdicts.Accepted);
        Assert.Equal(TrustCases.All[name].Accepted && !Refused.Contains(name), byStore == TrustVerdicts.Accepted);
    }

    [Fact(Timeout = 30_000)]
    public async Task No_certificate_is_downloaded_that_a_server_does_not_send()
    {
        var root = Issued.Root("Root");
        await using var elsewhere = new StubServer(_ => Replies.Status(404));
        var location = new X509AuthorityInformationAccessExtension(null, [new Uri(elsewhere.Url, "middle.crt").ToString()]);
        var server = root.Authority("Middle").Server(Terms.Server.And(location));
        using var files = new TrustFiles { { "bundle.pem", root.Pem } };
        await using var tls = new TlsServer(server.WithKey, []);

        var verdict = await TrustVerdicts.ByStoreAsync(files, tls.Port, "localhost");

        Assert.StartsWith("unable to get local issuer certificate", verdict, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
    }
}
