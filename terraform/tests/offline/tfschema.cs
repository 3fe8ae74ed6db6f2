#:sdk Microsoft.NET.Sdk.Web
#:property PublishAot=false
#:property InvariantGlobalization=true
#:property TreatWarningsAsErrors=true

// Lets Terraform check a module against a provider's schema, without the provider.
//
//   dotnet run tfschema.cs -- serve SCHEMA.json COMMAND [ARGUMENT...]
//       runs one command with the schema attached as a provider, and returns its exit status;
//   dotnet run tfschema.cs -- reduce SCHEMA.json MODULE
//       prints the part of the schema that the module in that folder uses.
//
// A schema file has the form of `terraform providers schema -json`. It says which types, attributes and blocks there are, and what is
// required; the real provider's own validators and defaults are not in it.

using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Server.Kestrel.Core;

switch (args)
{
    case ["serve", var file, var command, .. var arguments]:
        return await Server.RunAsync(Schema.Read(file), command, arguments);

    case ["reduce", var file, var module]:
        Console.WriteLine(Reduction.Of(Schema.Read(file), module));
        return 0;

    default:
        Console.Error.WriteLine("usage: tfschema serve SCHEMA.json COMMAND [ARGUMENT...]\n       tfschema reduce SCHEMA.json MODULE");
        return 64;
}

/// <summary>One provider's schema.</summary>
/// <param name="Address">Such as <c>registry.terraform.io/hashicorp/aws</c>.</param>
/// <param name="Root">With the members <c>provider</c>, <c>resource_schemas</c> and <c>data_source_schemas</c>.</param>
internal sealed record Schema(string Address, JsonElement Root)
{
    public const string Resources = "resource_schemas", DataSources = "data_source_schemas";

    public static Schema Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var provider = document.RootElement.GetProperty("provider_schemas").EnumerateObject().First();
        return new(provider.Name, provider.Value.Clone());
    }

    public IEnumerable<JsonProperty> Types(string kind) => Members(Root, kind);

    public JsonElement Block(string kind, string type) => Root.GetProperty(kind).GetProperty(type).GetProperty("block");

    /// <summary>Nothing where there is no such member.</summary>
    public static IEnumerable<JsonProperty> Members(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var found) ? found.EnumerateObject() : [];

    public static bool Flag(JsonElement parent, string name) => parent.TryGetProperty(name, out var found) && found.GetBoolean();

    public static long Number(JsonElement parent, string name) => parent.TryGetProperty(name, out var found) ? found.GetInt64() : 0;
}

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

/// <summary>
/// A provider that knows its schema and nothing else. It accepts every configuration, plans computed attributes as unknown, and makes
/// values up for data sources. Field numbers are those of
/// <see href="https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/tfplugin5.proto">tfplugin5.proto</see>.
/// </summary>
internal sealed class Provider(Schema schema)
{
    /// <returns>Null for a method that is not served.</returns>
    public byte[]? Call(string method, Dictionary<int, ReadOnlyMemory<byte>> request) => method switch
    {
        "GetSchema" => new ProtobufMessage()
            .Message(1, Encode(schema.Root.TryGetProperty("provider", out var provider) ? provider : default))
            .Map(2, Encode(Schema.Resources))
            .Map(3, Encode(Schema.DataSources))
            .ToArray(),
        "PrepareProviderConfig" => new ProtobufMessage().Message(1, request[1]).ToArray(),
        "UpgradeResourceState" => new ProtobufMessage()
            .Message(1, new ProtobufMessage().Message(2, ProtobufMessage.Read(request[3])[1])) // the state's JSON
            .ToArray(),
        "ReadResource" => new ProtobufMessage().Message(1, request[2]).ToArray(),
        "PlanResourceChange" => Completed(Schema.Resources, request[1], request[3], Missing.Unknown),
        "ReadDataSource" => Completed(Schema.DataSources, request[1], request[2], Missing.MadeUp),
        "ValidateResourceTypeConfig" or "ValidateDataSourceConfig" or "Configure" or "Stop" => [],
        _ => null,
    };

    private byte[] Completed(string kind, ReadOnlyMemory<byte> type, ReadOnlyMemory<byte> value, Missing missing)
    {
        var block = schema.Block(kind, Encoding.UTF8.GetString(type.Span));
        var completed = Completion.Of(block, ProtobufMessage.Read(value)[1], missing);
        return new ProtobufMessage().Message(1, new ProtobufMessage().Message(1, completed)).ToArray();
    }

    private IEnumerable<(string, ProtobufMessage)> Encode(string kind) =>
        schema.Types(kind).Select(type => (type.Name, Encode(type.Value)));

    private static ProtobufMessage Encode(JsonElement type) => type.ValueKind is not JsonValueKind.Object
        ? new ProtobufMessage().Message(2, new ProtobufMessage())
        : new ProtobufMessage().Number(1, Schema.Number(type, "version")).Message(2, EncodeBlock(type.GetProperty("block")));

    private static ProtobufMessage EncodeBlock(JsonElement block)
    {
        var message = new ProtobufMessage();
        foreach (var attribute in Schema.Members(block, "attributes"))
        {
            message.Message(2, new ProtobufMessage()
                .Text(1, attribute.Name)
                .Text(2, attribute.Value.GetProperty("type").GetRawText())
                .Flag(4, Schema.Flag(attribute.Value, "required"))
                .Flag(5, Schema.Flag(attribute.Value, "optional"))
                .Flag(6, Schema.Flag(attribute.Value, "computed"))
                .Flag(7, Schema.Flag(attribute.Value, "sensitive"))
                .Flag(9, Schema.Flag(attribute.Value, "deprecated"))
                .Flag(10, Schema.Flag(attribute.Value, "write_only")));
        }

        string[] nesting = ["", "single", "list", "set", "map", "group"];
        foreach (var nested in Schema.Members(block, "block_types"))
        {
            message.Message(3, new ProtobufMessage()
                .Text(1, nested.Name)
                .Message(2, EncodeBlock(nested.Value.GetProperty("block")))
                .Number(3, Array.IndexOf(nesting, nested.Value.GetProperty("nesting_mode").GetString()))
                .Number(4, Schema.Number(nested.Value, "min_items"))
                .Number(5, Schema.Number(nested.Value, "max_items")));
        }

        return message.Flag(6, Schema.Flag(block, "deprecated"));
    }
}

/// <summary>
/// Of <see href="https://protobuf.dev/programming-guides/encoding/">Protocol Buffers</see>, as much as the plugin protocol needs.
/// </summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0, LengthDelimited = 2;

    private readonly ArrayBufferWriter<byte> bytes = new();

    public byte[] ToArray() => bytes.WrittenSpan.ToArray();

    public ProtobufMessage Number(int field, long value)
    {
        if (value == 0) return this; // the default, which is not written

        WriteVarint((ulong)field << 3 | Varint);
        WriteVarint((ulong)value);
        return this;
    }

    public ProtobufMessage Flag(int field, bool value) => Number(field, value ? 1 : 0);

    public ProtobufMessage Text(int field, string value) => Message(field, Encoding.UTF8.GetBytes(value));

    public ProtobufMessage Message(int field, ProtobufMessage value) => Message(field, value.ToArray());

    public ProtobufMessage Message(int field, ReadOnlyMemory<byte> value)
    {
        WriteVarint((ulong)field << 3 | LengthDelimited);
        WriteVarint((ulong)value.Length);
        bytes.Write(value.Span);
        return this;
    }

    public ProtobufMessage Map(int field, IEnumerable<(string Key, ProtobufMessage Value)> entries)
    {
        foreach (var (key, value) in entries) Message(field, new ProtobufMessage().Text(1, key).Message(2, value));
        return this;
    }

    /// <summary>The texts and messages in <paramref name="source"/> by field, the last of each; numbers are left out.</summary>
    public static Dictionary<int, ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> source)
    {
        var fields = new Dictionary<int, ReadOnlyMemory<byte>>();
        while (source.Length > 0)
        {
            var tag = ReadVarint(ref source);
            var number = ReadVarint(ref source);
            switch (tag & 7)
            {
                case Varint:
                    break;
                case LengthDelimited:
                    fields[(int)(tag >> 3)] = source[..(int)number];
                    source = source[(int)number..];
                    break;
                default:
                    throw new InvalidDataException($"Protocol Buffers wire type {tag & 7}");
            }
        }

        return fields;
    }

    private static ulong ReadVarint(ref ReadOnlyMemory<byte> source)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = source.Span[0];
            source = source[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }

    private void WriteVarint(ulong value)
    {
        for (; value > 0x7f; value >>= 7) bytes.Write([(byte)(value | 0x80)]);
        bytes.Write([(byte)value]);
    }
}

/// <summary>What stands for a computed attribute that the configuration does not set.</summary>
internal enum Missing
{
    Unknown,
    MadeUp,
}

/// <summary>
/// Copies an object in <see href="https://github.com/msgpack/msgpack/blob/master/spec.md">MessagePack</see> and puts something in the
/// place of each computed attribute that is null.
/// </summary>
internal sealed class Completion
{
    private const byte Nil = 0xc0;

    private readonly ArrayBufferWriter<byte> copy = new();
    private readonly Missing missing;
    private ReadOnlyMemory<byte> rest;

    private Completion(ReadOnlyMemory<byte> value, Missing missing) => (rest, this.missing) = (value, missing);

    public static byte[] Of(JsonElement block, ReadOnlyMemory<byte> value, Missing missing)
    {
        var completion = new Completion(value, missing);
        completion.CopyBlock(block);
        return completion.copy.WrittenSpan.ToArray();
    }

    private void CopyBlock(JsonElement block)
    {
        if (CopyContainerHeader() is not { } members)
        {
            CopyValue();
            return;
        }

        for (; members > 0; members--)
        {
            var name = CopyName();
            var attribute = Schema.Members(block, "attributes").FirstOrDefault(each => each.NameEquals(name)).Value;
            if (attribute.ValueKind is JsonValueKind.Object) CopyAttribute(attribute);
            else CopyNested(Schema.Members(block, "block_types").First(each => each.NameEquals(name)).Value);
        }
    }

    private void CopyAttribute(JsonElement attribute)
    {
        if (rest.Span[0] != Nil || !Schema.Flag(attribute, "computed"))
        {
            CopyValue();
            return;
        }

        rest = rest[1..];
        // An extension of type 0 is Terraform's unknown value.
        copy.Write(missing is Missing.Unknown ? [0xd4, 0, 0] : MadeUp(attribute.GetProperty("type")));
    }

    private void CopyNested(JsonElement nested)
    {
        var block = nested.GetProperty("block");
        if (nested.GetProperty("nesting_mode").GetString() is "single" or "group")
        {
            CopyBlock(block);
            return;
        }

        if (CopyContainerHeader() is not { } items)
        {
            CopyValue();
            return;
        }

        for (; items > 0; items--)
        {
            if (nested.GetProperty("nesting_mode").GetString() is "map") CopyValue();
            CopyBlock(block);
        }
    }

    /// <param name="type">As in <c>"string"</c> or <c>["list", "string"]</c>.</param>
    private static byte[] MadeUp(JsonElement type) => (type.ValueKind is JsonValueKind.Array ? type[0] : type).GetString() switch
    {
        "bool" => [0xc2],
        "number" => [0],
        "string" => [0xa6, .. "schema"u8],
        "list" or "set" => [0x90],
        "map" => [0x80],
        _ => [Nil],
    };

    private string CopyName()
    {
        var start = rest;
        CopyValue();
        var text = start[..(start.Length - rest.Length)].Span;
        return Encoding.UTF8.GetString(text[(text[0] == 0xd9 ? 2 : 1)..]);
    }

    /// <summary>How many members or items follow; null, and nothing copied, when the value is neither a map nor an array.</summary>
    private int? CopyContainerHeader()
    {
        var first = rest.Span[0];
        switch (first)
        {
            case >= 0x80 and < 0xa0:
                Copy(1);
                return first & 0x0f;
            case 0xdc or 0xde:
                return CopySized(2);
            case 0xdd or 0xdf:
                return CopySized(4);
            default:
                return null;
        }
    }

    private void CopyValue()
    {
        var first = rest.Span[0];
        switch (first)
        {
            case < 0x80 or >= 0xe0 or Nil or 0xc2 or 0xc3: // small numbers, nil, false, true
                Copy(1);
                break;
            case < 0x90 or 0xde or 0xdf: // maps
                CopyValues(2 * CopyContainerHeader()!.Value);
                break;
            case < 0xa0 or 0xdc or 0xdd: // arrays
                CopyValues(CopyContainerHeader()!.Value);
                break;
            case < 0xc0: // short texts
                Copy(1 + (first & 0x1f));
                break;
            case 0xc4 or 0xd9: // bytes and texts, by the size of their length
                Copy(CopySized(1));
                break;
            case 0xc5 or 0xda:
                Copy(CopySized(2));
                break;
            case 0xc6 or 0xdb:
                Copy(CopySized(4));
                break;
            case 0xc7: // extensions, which have a type besides
                Copy(CopySized(1) + 1);
                break;
            case 0xc8:
                Copy(CopySized(2) + 1);
                break;
            case >= 0xd4 and <= 0xd8:
                Copy(2 + (1 << (first - 0xd4)));
                break;
            case 0xcc or 0xd0: // numbers of 1, 2, 4 and 8 bytes
                Copy(2);
                break;
            case 0xcd or 0xd1:
                Copy(3);
                break;
            case 0xca or 0xce or 0xd2:
                Copy(5);
                break;
            case 0xcb or 0xcf or 0xd3:
                Copy(9);
                break;
            default:
                throw new InvalidDataException($"MessagePack format {first:x2}");
        }
    }

    private void CopyValues(int count)
    {
        for (; count > 0; count--) CopyValue();
    }

    /// <summary>Copies a format byte and the big-endian size after it.</summary>
    /// <param name="width">Of the size, in bytes.</param>
    private int CopySized(int width)
    {
        var size = 0;
        foreach (var each in rest.Span.Slice(1, width)) size = size << 8 | each;
        Copy(1 + width);
        return size;
    }

    private void Copy(int count)
    {
        copy.Write(rest.Span[..count]);
        rest = rest[count..];
    }
}

/// <summary>
/// The part of a schema that a module uses: the types it declares; of each the required attributes, the ones named in a block of that
/// type, and the computed ones read anywhere; and the nested blocks named in a block of that type.
/// </summary>
internal static class Reduction
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="module">
    /// Its folder, in the layout that <c>terraform fmt</c> gives: a top-level block ends with a brace at the start of a line.
    /// </param>
    public static string Of(Schema schema, string module)
    {
        var text = Regex.Replace(string.Join('\n', Files(module).Select(File.ReadAllText)), "^ *#.*$", "", RegexOptions.Multiline);
        const string Block = @"^(?<kind>resource|data|provider) ""(?<type>\w+)"".*?^\}";
        var named = Regex.Matches(text, Block, RegexOptions.Multiline | RegexOptions.Singleline)
            .GroupBy(block => (block.Groups["kind"].Value, block.Groups["type"].Value))
            .ToDictionary(group => group.Key, group => Words(group.Select(block => block.Value)));
        var read = Regex.Matches(text, @"\.(\w+)").Select(match => match.Groups[1].Value).ToHashSet();

        JsonObject Types(string member, string kind) => Object(
            schema.Types(member).Where(type => named.ContainsKey((kind, type.Name))),
            type => Type(type.Value, new Use(named[(kind, type.Name)], read)));

        var provider = schema.Root.GetProperty("provider");
        var reduced = new JsonObject
        {
            ["provider"] = Type(provider, new Use(named.GetValueOrDefault(("provider", schema.Address.Split('/')[^1]), []), read)),
            [Schema.Resources] = Types(Schema.Resources, "resource"),
            [Schema.DataSources] = Types(Schema.DataSources, "data"),
        };
        return new JsonObject { ["format_version"] = "1.0", ["provider_schemas"] = new JsonObject { [schema.Address] = reduced } }
            .ToJsonString(Readable);
    }

    private static IEnumerable<string> Files(string module) => Directory
        .EnumerateFiles(module, "*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".tf" or ".hcl" && !file.Contains("/.terraform", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static HashSet<string> Words(IEnumerable<string> texts) =>
        [.. texts.SelectMany(text => Regex.Matches(text, @"\w+").Select(match => match.Value))];

    private static JsonObject Type(JsonElement type, Use use) =>
        new() { ["version"] = Schema.Number(type, "version"), ["block"] = Block(type.GetProperty("block"), use) };

    private static JsonObject Block(JsonElement block, Use use) => new()
    {
        ["attributes"] = Object(
            Schema.Members(block, "attributes").Where(each => use.Has(each.Name, each.Value)),
            each => Only(each.Value, "type", "required", "optional", "computed", "sensitive", "deprecated", "write_only")),
        ["block_types"] = Object(
            Schema.Members(block, "block_types").Where(each => use.Named.Contains(each.Name) || Schema.Number(each.Value, "min_items") > 0),
            each => Nested(each.Value, use)),
    };

    private static JsonObject Nested(JsonElement nested, Use use)
    {
        var reduced = Only(nested, "nesting_mode", "min_items", "max_items");
        reduced["block"] = Block(nested.GetProperty("block"), use);
        return reduced;
    }

    private static JsonObject Only(JsonElement source, params string[] names) =>
        Object(source.EnumerateObject().Where(each => names.Contains(each.Name)), each => JsonNode.Parse(each.Value.GetRawText())!);

    private static JsonObject Object(IEnumerable<JsonProperty> members, Func<JsonProperty, JsonNode> reduce) =>
        new(members.Select(each => KeyValuePair.Create(each.Name, (JsonNode?)reduce(each))));

    /// <param name="Named">Words in the blocks of one type.</param>
    /// <param name="Read">Words after a dot, anywhere.</param>
    private sealed record Use(HashSet<string> Named, HashSet<string> Read)
    {
        public bool Has(string name, JsonElement attribute) =>
            Named.Contains(name) || Schema.Flag(attribute, "required") || (Schema.Flag(attribute, "computed") && Read.Contains(name));
    }
}
