using System.Text.Json;

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
