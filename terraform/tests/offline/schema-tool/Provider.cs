using System.Text;
using System.Text.Json;

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
