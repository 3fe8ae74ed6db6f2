using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;

/// <summary>Serves a schema on a Unix socket for as long as one command runs: gRPC, as Terraform's plugins speak it.</summary>
internal static class Server
{
    private const string Service = "/tfplugin5.Provider/";

    /// <summary>Compression flag and length, before each gRPC message.</summary>
    private const int FrameHeader = 5;

    /// <returns>The command's exit status.</returns>
    public static async Task<int> RunAsync(Schema schema, string command, string[] arguments)
    {
        var socket = Path.Combine(Path.GetTempPath(), $"tfschema-{Environment.ProcessId}.sock");

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2);
        });

        await using var server = builder.Build();
        var provider = new Provider(schema);
        server.Run(context => AnswerAsync(context, provider));
        await server.StartAsync();

        try
        {
            return await RunAttachedAsync(schema.Address, socket, command, arguments);
        }
        finally
        {
            await server.StopAsync();
            File.Delete(socket);
        }
    }

    /// <summary>
    /// Terraform takes the providers of TF_REATTACH_PROVIDERS as they are: nothing is downloaded, and no lock file is written.
    /// </summary>
    private static async Task<int> RunAttachedAsync(string address, string socket, string command, string[] arguments)
    {
        var addr = new { Network = "unix", String = socket };
        var attached = new { Protocol = "grpc", ProtocolVersion = 5, Pid = Environment.ProcessId, Test = true, Addr = addr };
        var start = new ProcessStartInfo(command, arguments) { UseShellExecute = false };
        start.Environment["TF_REATTACH_PROVIDERS"] = JsonSerializer.Serialize(new Dictionary<string, object> { [address] = attached });

        var child = Process.Start(start)!;
        // Ctrl-C reaches the child too, which ends in its own way; other signals end it together with this process.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            child.Kill();
        });
        await child.WaitForExitAsync();
        return child.ExitCode;
    }

    private static async Task AnswerAsync(HttpContext context, Provider provider)
    {
        var request = new MemoryStream();
        await context.Request.Body.CopyToAsync(request);
        context.Response.ContentType = "application/grpc";

        if (Call(context.Request.Path.Value!, request.ToArray(), provider) is not { } answer)
        {
            context.Response.AppendTrailer("grpc-status", "12"); // UNIMPLEMENTED
            return;
        }

        var header = new byte[FrameHeader];
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(1), answer.Length);
        await context.Response.Body.WriteAsync(header);
        await context.Response.Body.WriteAsync(answer);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>Null for what is not served. A fault is printed: Terraform itself only says that the plugin did not answer.</summary>
    private static byte[]? Call(string path, byte[] frame, Provider provider)
    {
        if (!path.StartsWith(Service, StringComparison.Ordinal)) return null;

        try
        {
            return provider.Call(path[Service.Length..], ProtobufMessage.Read(frame.AsMemory(FrameHeader)));
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine($"tfschema: {path}: {exception}");
            return null;
        }
    }
}
