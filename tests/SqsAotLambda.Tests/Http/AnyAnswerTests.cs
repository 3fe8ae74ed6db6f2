using System.Net;
using System.Text;
using CsCheck;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Http.AnyHead;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Http;

/// <summary>Whatever an endpoint answers to one message, over connections that are kept; in the simulated network.</summary>
public sealed class AnyAnswerTests : IDisposable
{
    private const string Name = "odd.example";

    private readonly SimulatedWorld world = new();
    private int connections;

    /// <summary>To the message with the body "first".</summary>
    private byte[] answer = [];

    public AnyAnswerTests()
    {
        var at = new IPEndPoint(IPAddress.Parse("10.0.1.1"), 80);
        world.Network.Name(Name, 1, new([at.Address], null));
        // Each answer arrives at one moment: what a server sends late is not told from its next answer.
        world.Network.Serve(at, Answer, link: new(MaxPiece: int.MaxValue, MaxDelay: 1, BusyOneIn: 0));
    }

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_message_has_the_status_that_was_sent_for_it_and_the_next_message_its_own()
    {
        var function = world.Compose([Name], ("FORWARD_BREAKER", "off"));
        var runs = 0;
        Property.Holds(
            Gen.Select(Interim, Head, Rest), runs: 3_000, input =>
            {
                var (interim, head, rest) = input;
                answer = Encoding.Latin1.GetBytes(Join(interim, head, rest));
                runs++;
                // What an answer has behind it keeps connections from being used again for a minute.
                world.Network.Freeze(61_000);

                var (failedFirst, _) = world.Handle(function, 30_000, To(Name, "first"));
                var (failedSecond, _) = world.Handle(function, 30_000, To(Name, "second"));

                Assert.Equal(head[9] == '2' ? [] : ["first"], failedFirst);
                Assert.Empty(failedSecond);
            },
            input => Shown.Text(Join(input.Item1, input.Item2, input.Item3)));

        // Of those that carry the first, some are kept, and more are closed.
        Assert.InRange(connections, runs * 3 / 2, runs * 39 / 20);
    }

    private void Answer(SimulatedPeer peer)
    {
        connections++;
        var read = "";
        peer.OnBytes = bytes =>
        {
            read += Encoding.ASCII.GetString(bytes);
            if (read.EndsWith("\r\n\r\nfirst", StringComparison.Ordinal)) Send(answer);
            else if (read.EndsWith("\r\n\r\nsecond", StringComparison.Ordinal)) Send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"u8);
        };

        void Send(ReadOnlySpan<byte> bytes)
        {
            read = "";
            peer.Send(bytes);
        }
    }
}
