using System.Text;
using System.Text.Json;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Credentials;

/// <summary>The value of a secret, which may be a JSON object of several.</summary>
internal sealed class SecretText(string text)
{
    private readonly Lazy<JsonElement> json = new(() => JsonText.Parse(Encoding.UTF8.GetBytes(text)));

    /// <summary>Null when it has no text of that name.</summary>
    /// <param name="key">Null: the whole.</param>
    public string? Pick(string? key) => key is null ? text : JsonText.Member(json.Value, key);
}
