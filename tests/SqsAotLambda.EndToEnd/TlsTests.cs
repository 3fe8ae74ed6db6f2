using System.Security.Cryptography.X509Certificates;

namespace SqsAotLambda.EndToEnd;

/// <summary>An https endpoint, its certificate checked by the native binary.</summary>
public sealed class TlsTests
{
    public static readonly TheoryData<string> Hosts = ["Own", "Amazon"];

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_certificate_that_SSL_CERT_FILE_vouches_for_is_accepted(string host)
    {
        using var certificate = TestCertificates.SelfSigned();
        var bundle = Path.GetTempFileName();
        await File.WriteAllTextAsync(bundle, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await using var endpoint = new StubServer(_ => Replies.Status(200), certificate);
        await using var function = new Function(host, endpoint.Url, ("SSL_CERT_FILE", bundle));

        var answer = await function.InvokeAsync(Function.Event("one", "two"));

        Assert.Equal(Function.Failures(), answer.Text);
        File.Delete(bundle);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_certificate_in_a_directory_of_SSL_CERT_DIR_is_accepted_too(string host)
    {
        using var certificate = TestCertificates.SelfSigned();
        var directory = Directory.CreateTempSubdirectory();
        await File.WriteAllTextAsync(
            Path.Combine(directory.FullName, "own.pem"), certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await using var endpoint = new StubServer(_ => Replies.Status(200), certificate);
        await using var function = new Function(host, endpoint.Url, ("SSL_CERT_DIR", $"/nonexistent:{directory.FullName}"));

        var answer = await function.InvokeAsync(Function.Event("one"));

        Assert.Equal(Function.Failures(), answer.Text);
        directory.Delete(recursive: true);
    }

    [Theory(Timeout = 60_000), MemberData(nameof(Hosts))]
    public async Task A_certificate_that_holds_what_can_t_be_decoded_costs_its_own_messages_alone(string host)
    {
        var terms = Issued.Terms.For(names => names.AddDnsName("localhost"), usage: null).And(new X509Extension("2.5.29.32", [], critical: false));
        using var certificate = Issued.Alone(terms).WithKey;
        await using var endpoint = new StubServer(_ => Replies.Status(200), certificate);
        await using var other = new StubServer(_ => Replies.Status(200));
        var routes = $$"""[{"name": "other", "when": {"body:": "other"}, "url": "{{other.Url}}"}]""";
        await using var function = new Function(host, endpoint.Url, ("FORWARD_ROUTES", routes));

        var answer = await function.InvokeAsync(Function.Event("\"this\"", "\"other\""));

        Assert.Equal(Function.Failures("m0"), answer.Text);
        Assert.Single(other.Requests);
        Assert.Equal("Certificate", Assert.Single(await function.LoggedWithBatchAsync("MessageFailed")).GetProperty("fault").GetString());
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task Any_other_certificate_is_refused_as_a_fault_of_the_endpoint(string host)
    {
        using var certificate = TestCertificates.SelfSigned();
        await using var endpoint = new StubServer(_ => Replies.Status(200), certificate);
        await using var function = new Function(host, endpoint.Url);

        var answer = await function.InvokeAsync(Function.Event("one"));

        Assert.Equal(Function.Failures("m0"), answer.Text);
        Assert.Empty(endpoint.Requests);
        var logged = Assert.Single(await function.LoggedWithBatchAsync("MessageFailed"));
        Assert.Equal("EndpointFault", logged.GetProperty("outcome").GetString());
        Assert.Equal("Certificate", logged.GetProperty("fault").GetString());
    }
}
