using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>SIGSTOP between invocations, as Lambda freezes a function, while the endpoint ends the connections that it has open.</summary>
public sealed class FreezeTests : IDisposable
{
    private const int Invocations = 1000;

    public static readonly TheoryData<string> Hosts = ["Own", "Amazon"];
    public static readonly MatrixTheoryData<string, string> HostsAndEndings = new(["Own", "Amazon"], ["Close", "CloseNotify", "Reset"]);

    private readonly TcpStates states = new();
    private readonly X509Certificate2 certificate = TestCertificates.SelfSigned();
    private readonly string bundle = Path.GetTempFileName();

    public FreezeTests() => File.WriteAllText(bundle, certificate.ExportCertificatePem());

    public void Dispose()
    {
        File.Delete(bundle);
        certificate.Dispose();
        states.Dispose();
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_thousand_freezes_with_closed_connections_lose_and_double_nothing(string host)
    {
        await using var http = new StubServer(_ => Replies.Status(200));
        await using var https = new StubServer(_ => Replies.Status(200), certificate);
        await using var function = new Function(
            host,
            http.Url,
            ("FORWARD_ROUTES", $$"""[{"name": "secure", "when": {"attribute:type": "secure"}, "url": "{{https.Url}}"}]"""),
            ("SSL_CERT_FILE", bundle),
            ("AWS_LAMBDA_LOG_LEVEL", "WARN"));
        var sent = new List<string>();
        await OpenAsync(http);

        for (var round = 0; round < Invocations; round++)
        {
            await function.FreezeAsync();
            await EndAsync(http, Ending(round));
            await EndAsync(https, Ending(round));
            function.Process.Thaw();
            var messages = Messages(round);
            var answer = await function.InvokeAsync(Function.TypedEvent(messages));

            Assert.Equal(Function.Failures(), answer.Text);
            sent.AddRange(messages.Select(message => message.Body));
        }

        Assert.Equal(sent.Order(), http.Requests.Concat(https.Requests).Select(request => request.Text).Order());
        // In every round each message, or the first of several, found no connection open.
        Assert.InRange(http.Connections + https.Connections, Invocations, sent.Count + 1);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(HostsAndEndings))]
    public async Task A_connection_opened_ahead_that_ends_in_a_freeze_before_the_first_event_costs_no_message(string host, string ending)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200), certificate);
        await using var function = new Function(host, endpoint.Url, ("SSL_CERT_FILE", bundle));
        await OpenAsync(endpoint);
        await function.FreezeAsync();
        await EndAsync(endpoint, Ending(ending));
        function.Process.Thaw();

        var answer = await function.InvokeAsync(Function.Event("first"));

        Assert.Equal(Function.Failures(), answer.Text);
        Assert.Equal(["first"], endpoint.Requests.Select(request => request.Text));
        Assert.Equal(2, endpoint.Connections);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_connection_opened_ahead_that_outlives_a_freeze_carries_the_first_message(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200), certificate);
        await using var function = new Function(host, endpoint.Url, ("SSL_CERT_FILE", bundle));
        await function.FreezeAsync();
        function.Process.Thaw();

        var answer = await function.InvokeAsync(Function.Event("first"));

        Assert.Equal(Function.Failures(), answer.Text);
        Assert.Equal(1, endpoint.Connections);
    }

    /// <summary>Waits until the function has opened a connection ahead of its first message.</summary>
    private static async Task OpenAsync(StubServer endpoint)
    {
        while (endpoint.Established == 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Ends every connection of the endpoint, and waits until the kernel has told the function's side.</summary>
    private async Task EndAsync(StubServer endpoint, Reply ending)
    {
        foreach (var client in await endpoint.EndAsync(ending))
        {
            while (states.IsEstablished(client, new(IPAddress.Loopback, endpoint.Port)))
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    /// <summary>One to three messages of their own, of all every fourth over https.</summary>
    private static (string Type, string Body)[] Messages(int round) =>
        [.. Enumerable.Range(0, (round % 3) + 1)
            .Select(index => ((round + index) % 4 == 0 ? "secure" : "plain", string.Create(CultureInfo.InvariantCulture, $"{round}, {index}")))];

    private static Reply Ending(int round) => (round % 4) switch
    {
        0 => Replies.Reset,
        1 => Replies.CloseNotify,
        _ => Replies.Close,
    };

    private static Reply Ending(string name) => name switch
    {
        "Close" => Replies.Close,
        "CloseNotify" => Replies.CloseNotify,
        _ => Replies.Reset,
    };
}
