using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace SqsAotLambda.Local;

/// <summary>A Kestrel server on 127.0.0.1, without host, routing or logging.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly KestrelServer server;

    private LocalServer(KestrelServer server) => this.server = server;

    public Uri Address => new(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    /// <param name="around">What is done around the serving of each connection.</param>
    /// <param name="port">0: any that is free.</param>
    public static async Task<LocalServer> StartAsync(
        RequestDelegate answer, Func<ConnectionDelegate, ConnectionDelegate>? around = null, int port = 0)
    {
        var options = new KestrelServerOptions { AddServerHeader = false, ResponseHeaderEncodingSelector = _ => Encoding.UTF8 };
        // Limits on bodies are the answerer's: the Runtime API has one of its own.
        options.Limits.MaxRequestBodySize = null;
        options.Listen(IPAddress.Loopback, port, listen =>
        {
            if (around is not null) listen.Use(around);
        });

        var log = NullLoggerFactory.Instance;
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), log);
        var server = new KestrelServer(Options.Create(options), transport, log);
        await server.StartAsync(new Application(answer), CancellationToken.None);
        return new LocalServer(server);
    }

    /// <summary>Takes no more connections, ends the idle ones, and lets requests under way end.</summary>
    /// <param name="limit">When it cuts those that have not ended.</param>
    public Task CloseAsync(CancellationToken limit) => server.StopAsync(limit);

    /// <summary>Ends at once: open connections are cut.</summary>
    public async ValueTask DisposeAsync()
    {
        await server.StopAsync(new CancellationToken(canceled: true));
        server.Dispose();
    }

    private sealed class Application(RequestDelegate answer) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => answer(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
