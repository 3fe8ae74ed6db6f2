using System.Net;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;

namespace SqsAotLambda.Tests.Http;

/// <summary>How a connection is opened; in the simulated network.</summary>
public sealed class ConnectorTests : IDisposable
{
    private static readonly Origin Origin = new(Tls: true, "a.example", 443);
    private static readonly IPEndPoint Address = new(IPAddress.Parse("10.0.0.1"), 443);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(1);

    private readonly SimulatedNetwork network = new(1);
    private readonly TlsTickets tickets = new();
    private readonly Loop loop;

    public ConnectorTests()
    {
        loop = new(network);
        network.Serve(Address, new SimulatedTlsServer(network, Origin.Host, _ => { }, () => new()).Serve);
    }

    public void Dispose()
    {
        tickets.Dispose();
        network.Dispose();
    }

    [Fact]
    public void TLS_is_made_ready_while_the_server_answers()
    {
        var before = -1;
        var tls = new OuterTls(new SimulatedTls(network)) { OnPrepare = () => before = network.Attempts };

        loop.Run(() => OpenAsync(tls));

        Assert.Equal(1, before);
    }

    [Fact]
    public void A_connection_is_closed_where_TLS_can_t_be_used()
    {
        var tls = new OuterTls(new SimulatedTls(network)) { OnSecure = () => throw new TlsException("it is missing") };

        var failure = Assert.Throws<HttpFaultException>(() => loop.Run(() => OpenAsync(tls)));

        Assert.Equal((Fault.Tls, "it is missing"), (failure.Fault, FaultDetail.Of(failure)));
        Assert.Equal(0, network.Connections);
    }

    [Fact]
    public void The_time_for_connecting_does_not_end_a_connection_that_is_open()
    {
        var isOverdue = loop.Run(async () =>
        {
            using var connection = await OpenAsync(new SimulatedTls(network));
            await loop.WaitUntilAsync(loop.After(2 * Time));
            return connection.IsOverdue;
        });

        Assert.False(isOverdue);
    }

    private async Task<Connection> OpenAsync(ITls tls)
    {
        var connector = new Connector((_, _, _) => new([Address]), tls, Time, maxBody: 1000, loop);
        return await connector.OpenAsync(Origin, [Address], new Gate(loop, 1), tickets);
    }

    /// <summary>TLS around which something happens.</summary>
    private sealed class OuterTls(ITls inner) : ITls
    {
        public Action OnPrepare { get; init; } = () => { };

        public Action OnSecure { get; init; } = () => { };

        public void Prepare()
        {
            OnPrepare();
            inner.Prepare();
        }

        public ValueTask<ITransport> SecureAsync(Loop loop, TcpSocket socket, string host, TlsTickets tickets)
        {
            OnSecure();
            return inner.SecureAsync(loop, socket, host, tickets);
        }
    }
}
