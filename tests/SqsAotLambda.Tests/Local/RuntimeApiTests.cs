using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SqsAotLambda.Local;
using SqsAotLambda.Local.Lambda;

namespace SqsAotLambda.Tests.Local;

public sealed class RuntimeApiTests : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);
    private static readonly HttpClient Http = new();

    private readonly RuntimeApi api = new(SqsAotLambda.Local.Lambda.Function.Arn, chunked: false, TimeProvider.System);
    private LocalServer server = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await LocalServer.StartAsync(api.AnswerAsync);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task An_answer_belongs_to_the_invocation_that_it_names()
    {
        var (invocation, next) = await InvokeAsync("{\"Records\":[]}"u8.ToArray());

        var answer = await PostAsync($"invocation/{invocation.RequestId}/response", "{}");

        Assert.Equal("{\"Records\":[]}", await next.Content.ReadAsStringAsync(Stop));
        Assert.Equal([invocation.RequestId], next.Headers.GetValues("Lambda-Runtime-Aws-Request-Id"));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("{}"u8.ToArray(), (await invocation.Result).Answer);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_unknown_id_is_refused()
    {
        var (invocation, _) = await InvokeAsync([]);

        await AssertRefusedAsync(400, "InvalidRequestID", PostAsync("invocation/another/response", "{}"));
        Assert.False(invocation.Result.IsCompleted);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_second_answer_and_a_next_before_the_first_are_refused()
    {
        var (invocation, _) = await InvokeAsync([]);

        await AssertRefusedAsync(403, "InvalidStateTransition", GetNextAsync());
        await PostAsync($"invocation/{invocation.RequestId}/response", "{}");
        await AssertRefusedAsync(403, "InvalidStateTransition", PostAsync($"invocation/{invocation.RequestId}/response", "{}"));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_after_the_time_out_is_refused_and_not_credited()
    {
        var (invocation, _) = await InvokeAsync([]);

        Assert.True(api.TimeOut());

        await AssertRefusedAsync(410, "InvokeTimeout", PostAsync($"invocation/{invocation.RequestId}/response", "{}"));
        Assert.False(invocation.Result.IsCompleted);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0, HttpStatusCode.Accepted)]
    [InlineData(1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task An_answer_has_6291556_bytes_at_most(int more, HttpStatusCode expected)
    {
        var (invocation, _) = await InvokeAsync([]);

        var answer = await PostAsync($"invocation/{invocation.RequestId}/response", new string('x', 6_291_556 + more));

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(more == 0, (await invocation.Result).Error is null);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reported_error_is_the_result_of_the_invocation()
    {
        var (invocation, _) = await InvokeAsync([]);

        await PostAsync($"invocation/{invocation.RequestId}/error", """{"errorType":"Function.Broken","errorMessage":"why"}""");

        Assert.Equal(new FunctionError("Function.Broken", "why"), (await invocation.Result).Error);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_failed_init_is_reported_once_and_only_before_the_first_next()
    {
        var answer = await PostAsync("init/error", """{"errorType":"Settings.Bad","errorMessage":"why"}""");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(new FunctionError("Settings.Bad", "why"), await api.Ready);
        await AssertRefusedAsync(403, "InvalidStateTransition", PostAsync("init/error", "{}"));
        await AssertRefusedAsync(403, "InvalidStateTransition", GetNextAsync());
    }

    private async Task<(Invocation Invocation, HttpResponseMessage Next)> InvokeAsync(byte[] @event)
    {
        var next = GetNextAsync();
        await api.Ready.WaitAsync(Timeout, Stop);
        var invocation = api.HandOut(@event, Timeout);
        return (invocation!, await next);
    }

    private Task<HttpResponseMessage> GetNextAsync() => Http.GetAsync(At("invocation/next"), Stop);

    private Task<HttpResponseMessage> PostAsync(string call, string body) => Http.PostAsync(At(call), new StringContent(body), Stop);

    private Uri At(string call) => new(server.Address, $"/2018-06-01/runtime/{call}");

    private static async Task AssertRefusedAsync(int status, string type, Task<HttpResponseMessage> call)
    {
        var answer = await call;

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(type, (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("errorType").GetString());
    }
}
