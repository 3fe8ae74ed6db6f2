using System.Text.Json;
using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>The native binary as it is deployed, without leave to dial loopback: there its own Runtime API is.</summary>
public sealed class AddressTests
{
    public static readonly TheoryData<string> Hosts = ["Own", "Amazon"];

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task The_address_of_its_own_Runtime_API_is_refused_at_init(string host)
    {
        await using var runtimeApi = new StubRuntimeApi(TestContext.Current.CancellationToken);
        await using var process = Start(host, runtimeApi, $"http://{runtimeApi.Authority}/2018-06-01/runtime/invocation/request-1/response");

        var report = await runtimeApi.AnswerAsync();

        Assert.Equal("/2018-06-01/runtime/init/error", report.Path);
        var message = JsonDocument.Parse(report.Body).RootElement.GetProperty("errorMessage").GetString()!;
        Assert.Contains("is at an address that is refused", message, StringComparison.Ordinal);
        Assert.EndsWith("; FORWARD_ALLOW_LOOPBACK=true allows loopback.", message, StringComparison.Ordinal);
        Assert.NotEqual(0, await process.ExitAsync());
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task No_message_gets_to_its_own_Runtime_API_by_a_name(string host)
    {
        var name = Repository.RequireLoopbackName();
        await using var runtimeApi = new StubRuntimeApi(TestContext.Current.CancellationToken);
        await using var process = Start(
            host, runtimeApi, $"http://{name}:{runtimeApi.Authority.Split(':')[1]}/2018-06-01/runtime/invocation/request-1/error");
        runtimeApi.Enqueue(Function.Event("one"));

        // A message that got there would be the first.
        var answer = await runtimeApi.AnswerAsync();

        Assert.Equal(("/2018-06-01/runtime/invocation/request-1/response", Function.Failures("m0")), (answer.Path, answer.Text));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_name_that_resolves_to_loopback_is_a_fault_of_the_endpoint(string host)
    {
        var name = Repository.RequireLoopbackName();
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(host, new($"http://{name}:{endpoint.Port}/"), ("FORWARD_ALLOW_LOOPBACK", "false"));

        var answer = await function.InvokeAsync(Function.Event("one"));

        Assert.Equal(Function.Failures("m0"), answer.Text);
        Assert.Equal(0, endpoint.Connections);
        var logged = Assert.Single(await function.LoggedWithBatchAsync("MessageFailed"));
        Assert.Equal(("EndpointFault", "Address"), (logged.GetProperty("outcome").GetString(), logged.GetProperty("fault").GetString()));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_message_that_describes_its_request_gets_to_no_loopback_by_a_name(string host)
    {
        var name = Repository.RequireLoopbackName();
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(
            host,
            new("https://example.com/"),
            ("FORWARD_ALLOW_LOOPBACK", "false"),
            ("FORWARD_ROUTES", $$"""[{"name":"a","request":"message","url":"http://{{name}}:{{endpoint.Port}}/"}]"""));

        var answer = await function.InvokeAsync(Function.Event("""{"path":"/a"}"""));

        Assert.Equal(Function.Failures("m0"), answer.Text);
        Assert.Equal(0, endpoint.Connections);
        var logged = Assert.Single(await function.LoggedWithBatchAsync("MessageFailed"));
        Assert.Equal(("EndpointFault", "Address"), (logged.GetProperty("outcome").GetString(), logged.GetProperty("fault").GetString()));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task An_IPv6_address_can_not_be_reached_from_a_machine_without_IPv6(string host)
    {
        await using var function = new Function(host, new("http://[2001:4860:4860::8888]/"), ("DOTNET_SYSTEM_NET_DISABLEIPV6", "1"));

        var answer = await function.InvokeAsync(Function.Event("one"));

        Assert.Equal(Function.Failures("m0"), answer.Text);
        var logged = Assert.Single(await function.LoggedWithBatchAsync("MessageFailed"));
        Assert.Equal(("Unavailable", "Connect"), (logged.GetProperty("outcome").GetString(), logged.GetProperty("fault").GetString()));
    }

    /// <summary>Back-off is off: there is no SQS.</summary>
    private static ChildProcess Start(string host, StubRuntimeApi runtimeApi, string url) => new(
        Repository.Bootstrap(host),
        [],
        [("AWS_LAMBDA_RUNTIME_API", runtimeApi.Authority), ("FORWARD_URL", url), ("FORWARD_ALLOW_HTTP", "true"), ("FORWARD_BACKOFF_BASE", "0s")]);
}
