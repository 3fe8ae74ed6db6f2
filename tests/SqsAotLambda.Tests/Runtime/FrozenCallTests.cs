using System.Net;
using System.Text;
using SqsAotLambda.Io;
using SqsAotLambda.Runtime;
using SqsAotLambda.Tests.Io;

namespace SqsAotLambda.Tests.Runtime;

public sealed class FrozenCallTests
{
    private static readonly IPEndPoint Lambda = new(IPAddress.Parse("10.0.0.1"), 9001);
    private static readonly IPEndPoint Endpoint = new(IPAddress.Parse("10.0.0.2"), 80);

    /// <summary>Lambda freezes the process at any moment after it has asked for its next event, also before it waits for it.</summary>
    [Fact]
    public void With_an_event_is_told_what_ended_in_a_freeze_between_the_call_and_the_wait_for_it()
    {
        using var network = new SimulatedNetwork(seed: 1);
        List<SimulatedPeer> endpoints = [];
        network.Serve(Endpoint, endpoints.Add);
        network.Serve(Lambda, HandOutEvents);
        var loop = new Loop(network);

        var isTold = loop.Run(async () =>
        {
            var told = false;
            using var resting = await OnLoop.ConnectAsync(loop, Endpoint, until: 500);
            Assert.True(resting.TryRest(() => told = true));
            var api = new RuntimeApi(Lambda.ToString(), loop);
            await api.NextAsync();
            endpoints[0].End();
            network.OnSent = _ => network.Freeze(milliseconds: 10_000);
            await api.NextAsync();
            return told;
        });

        Assert.True(isTold);
    }

    private static void HandOutEvents(SimulatedPeer peer)
    {
        var read = "";
        peer.OnBytes = bytes =>
        {
            read += Encoding.ASCII.GetString(bytes);
            if (!read.EndsWith("\r\n\r\n", StringComparison.Ordinal)) return;

            read = "";
            peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"u8);
            peer.Send("Lambda-Runtime-Aws-Request-Id: r\r\nLambda-Runtime-Deadline-Ms: 1\r\n\r\n{}"u8);
        };
    }
}
