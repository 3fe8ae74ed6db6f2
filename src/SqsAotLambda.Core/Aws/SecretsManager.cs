using System.Buffers;
using System.Text.Json;
using SqsAotLambda.Http;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Aws;

/// <summary>
/// The one call of Secrets Manager: <see href="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html"/>.
/// </summary>
/// <param name="endpoint">Used in the place of AWS's own (<c>AWS_ENDPOINT_URL_SECRETS_MANAGER</c>); null: AWS's own of the secret's region.</param>
internal sealed class SecretsManager(AwsCall aws, Uri? endpoint)
{
    public const string Service = "secretsmanager";

    private const string Target = "secretsmanager.GetSecretValue";

    /// <summary>The value of the secret's current version.</summary>
    /// <exception cref="AwsException">It could not be had, or is not a text.</exception>
    public async Task<string> GetSecretValueAsync(SecretArn secret, Deadline deadline)
    {
        using var answer = await aws(endpoint ?? secret.Endpoint, secret.Region, Target, Body(secret), deadline);
        var root = answer.RootElement;
        if (JsonText.Member(root, "SecretString") is { Length: > 0 } text) return text;

        throw new AwsException(JsonText.Member(root, "SecretBinary") is null
            ? $"{Target} was answered without a SecretString."
            : $"{Target} was answered with a binary secret: only a text is supported.");
    }

    private static ReadOnlyMemory<byte> Body(SecretArn secret)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("SecretId", secret.Text);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
