using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;

// Kestrel as an endpoint: it answers 200 to everything, and writes a line with the idempotency key of each request that it has read.
// Arguments: port; how long it keeps an idle connection and how long it takes for a request, in milliseconds; for https the files of a
// certificate and its key.
var port = int.Parse(args[0], CultureInfo.InvariantCulture);
var (keepAlive, latency) = (Milliseconds(args[1]), Milliseconds(args[2]));

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
{
    kestrel.Limits.KeepAliveTimeout = keepAlive;
    kestrel.Listen(IPAddress.Loopback, port, listen =>
    {
        if (args is [_, _, _, var certificate, var key]) listen.UseHttps(X509Certificate2.CreateFromPemFile(certificate, key));
    });
});

await using var app = builder.Build();
app.MapFallback(async (HttpRequest request) =>
{
    await request.Body.CopyToAsync(Stream.Null, request.HttpContext.RequestAborted);
    Console.WriteLine($"received {request.Headers["Idempotency-Key"]}");
    if (latency > TimeSpan.Zero) await Task.Delay(latency, TimeProvider.System, CancellationToken.None);
});
await app.RunAsync();

static TimeSpan Milliseconds(string text) => TimeSpan.FromMilliseconds(int.Parse(text, CultureInfo.InvariantCulture));
