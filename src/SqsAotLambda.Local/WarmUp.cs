using SqsAotLambda.Local.Lambda;

namespace SqsAotLambda.Local;

/// <summary>Runs the runner's own part of an invocation once, so that its JIT time does not show as the function's cold start.</summary>
internal static class WarmUp
{
    public static async Task RunAsync(TimeProvider time, CancellationToken stop)
    {
        using var http = new HttpClient();
        var api = new RuntimeApi(Function.Arn, chunked: false, time);
        await using var apiServer = await LocalServer.StartAsync(api.AnswerAsync);
        var invocations = new Uri(apiServer.Address, "/2018-06-01/runtime/invocation/");
        var next = http.GetAsync(new Uri(invocations, "next"), stop);
        await api.Ready.WaitAsync(stop);
        var invocation = api.HandOut("{}"u8.ToArray(), TimeSpan.FromSeconds(1))!;
        using var @event = await next;
        using var answer = await http.PostAsync(new Uri(invocations, $"{invocation.RequestId}/response"), new StringContent("{}"), stop);

        var endpoint = new Endpoint(new Ledger([], seesArrivals: true), routes: null, TimeSpan.Zero, trouble: null, timeline: null, time);
        await using var endpointServer = await LocalServer.StartAsync(endpoint.AnswerAsync);
        using var accepted = await http.PostAsync(endpointServer.Address, new StringContent("{}"), stop);
    }
}
