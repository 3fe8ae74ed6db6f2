using System.Buffers.Binary;
using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>The arm64 binary on a machine of another architecture: what .NET, its libraries and OpenSSL do differently there.</summary>
public sealed class EmulatedTests
{
    private const string Host = "Emulated";

    [Fact(Timeout = 120_000)]
    public async Task It_is_an_ELF_program_for_arm64_and_checks_settings()
    {
        await using var check = new ChildProcess(Repository.Bootstrap(Host), ["check"], [("FORWARD_URL", "https://example.com/")]);

        Assert.Equal((0, ""), (await check.ExitAsync(), check.Errors));
        Assert.Contains("  default: POST https://example.com/", check.Lines);
        var binary = await File.ReadAllBytesAsync(Repository.Binary(Host), TestContext.Current.CancellationToken);
        Assert.Equal("\u007fELF"u8, binary.AsSpan(0, 4));
        Assert.Equal(183, BinaryPrimitives.ReadUInt16LittleEndian(binary.AsSpan(18))); // EM_AARCH64
    }

    [Fact(Timeout = 120_000)]
    public async Task It_explains_an_event()
    {
        await using var explain = new ChildProcess(
            Repository.Bootstrap(Host),
            ["explain", "-"],
            [("FORWARD_ROUTES", """[{"name":"orders","url":"https://orders.example.com/{body:/id}"}]""")]);
        await explain.WriteAsync(Function.Event("""{"id":"ü"}"""));

        Assert.Equal((0, ""), (await explain.ExitAsync(), explain.Errors));
        Assert.Contains("    POST /%C3%BC HTTP/1.1", explain.Lines);
    }

    [Fact(Timeout = 120_000)]
    public async Task It_delivers_a_batch_over_http()
    {
        await using var endpoint = new StubServer(request => Replies.Status(request.Text == "bad" ? 500 : 200));
        await using var function = new Function(Host, endpoint.Url);

        var answer = await function.InvokeAsync(Function.Event("one", "bad", "two"));

        Assert.Equal(Function.Failures("m1"), answer.Text);
        Assert.Equal(["bad", "one", "two"], endpoint.Requests.Select(request => request.Text).Order());
    }

    [Fact(Timeout = 120_000)]
    public async Task It_delivers_a_batch_over_https()
    {
        using var certificate = TestCertificates.SelfSigned();
        var bundle = Path.GetTempFileName();
        await File.WriteAllTextAsync(bundle, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await using var endpoint = new StubServer(_ => Replies.Status(200), certificate);
        await using var function = new Function(Host, endpoint.Url, ("SSL_CERT_FILE", bundle));

        var answer = await function.InvokeAsync(Function.Event("one", "two"));

        Assert.Equal(Function.Failures(), answer.Text);
        Assert.Equal(["one", "two"], endpoint.Requests.Select(request => request.Text).Order());
        File.Delete(bundle);
    }

    [Fact(Timeout = 120_000)]
    public async Task It_refuses_a_certificate_that_nobody_vouches_for()
    {
        using var certificate = TestCertificates.SelfSigned();
        await using var endpoint = new StubServer(_ => Replies.Status(200), certificate);
        await using var function = new Function(Host, endpoint.Url);

        var answer = await function.InvokeAsync(Function.Event("one"));

        Assert.Equal(Function.Failures("m0"), answer.Text);
        Assert.Empty(endpoint.Requests);
        var logged = Assert.Single(await function.LoggedWithBatchAsync("MessageFailed"));
        Assert.Equal("Certificate", logged.GetProperty("fault").GetString());
    }
}
