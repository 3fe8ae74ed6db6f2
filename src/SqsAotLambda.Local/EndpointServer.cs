using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using SqsAotLambda.Local.Pressure;

namespace SqsAotLambda.Local;

/// <summary>The server of the built-in endpoint, at one address from start to end; it is closed for the length of a blip that refuses.</summary>
internal sealed class EndpointServer : IAsyncDisposable
{
    private readonly Func<int, Task<LocalServer>> listen;
    private readonly TimeProvider time;

    /// <summary>Bound and never listening: nobody else gets the port while the server is closed.</summary>
    private readonly Socket port = new(SocketType.Stream, ProtocolType.Tcp);

    private readonly CancellationTokenSource stop = new();
    private Task blip = Task.CompletedTask;
    private LocalServer? server;

    private EndpointServer(Func<int, Task<LocalServer>> listen, TimeProvider time)
    {
        this.listen = listen;
        this.time = time;
        port.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)port.LocalEndPoint!).Port}");
    }

    public Uri Address { get; }

    /// <param name="around">What is done around the serving of each connection.</param>
    public static async Task<EndpointServer> StartAsync(
        RequestDelegate answer, Func<ConnectionDelegate, ConnectionDelegate>? around, Trouble? trouble, TimeProvider time)
    {
        var endpoint = new EndpointServer(port => LocalServer.StartAsync(answer, around, port), time);
        endpoint.server = await endpoint.listen(endpoint.Address.Port);
        if (trouble is Blip { Refuses: true } blip) endpoint.blip = endpoint.RefuseAsync(blip);
        return endpoint;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        try
        {
            await blip;
        }
        // The run ended before the blip did.
        catch (OperationCanceledException)
        {
        }
        finally
        {
            if (server is not null) await server.DisposeAsync();
            port.Dispose();
            stop.Dispose();
        }
    }

    private async Task RefuseAsync(Blip blip)
    {
        var beginning = await blip.Began.WaitAsync(stop.Token);
        await CloseAsync(blip.Rest(beginning));
        if (blip.Rest(beginning) is { Ticks: > 0 } rest) await Task.Delay(rest, time, stop.Token);
        server = await listen(Address.Port);
    }

    /// <summary>What was accepted gets its answer: without it the function would rightly send it again.</summary>
    private async Task CloseAsync(TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, time);
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, late.Token);
        await server!.CloseAsync(cut.Token);
        await server.DisposeAsync();
        server = null;
    }
}
