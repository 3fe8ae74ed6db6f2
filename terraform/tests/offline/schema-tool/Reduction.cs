using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

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
