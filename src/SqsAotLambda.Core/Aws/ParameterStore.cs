using System.Buffers;
using System.Text.Json;
using SqsAotLambda.Http;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Aws;

/// <summary>
/// The one call of Systems Manager's Parameter Store: <see
/// href="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html"/>.
/// </summary>
/// <param name="endpoint">Used in the place of AWS's own (<c>AWS_ENDPOINT_URL_SSM</c>); null: AWS's own of the parameter's region.</param>
internal sealed class ParameterStore(AwsCall aws, Uri? endpoint)
{
    public const string Service = "ssm";

    private const string Target = "AmazonSSM.GetParameter";

    /// <summary>The value of the parameter's current version: decrypted, where it is a SecureString.</summary>
    /// <exception cref="AwsException">It could not be had.</exception>
    public async Task<string> GetParameterAsync(SecretArn parameter, Deadline deadline)
    {
        using var answer = await aws(endpoint ?? parameter.Endpoint, parameter.Region, Target, Body(parameter), deadline);
        return JsonText.Member(answer.RootElement, "Parameter", "Value") is { Length: > 0 } value
            ? value
            : throw new AwsException($"{Target} was answered without a Value.");
    }

    private static ReadOnlyMemory<byte> Body(SecretArn parameter)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        // The whole ARN: its resource does not tell the parameter x from /x, and one of another account has no other name.
        json.WriteString("Name", parameter.Text);
        json.WriteBoolean("WithDecryption", true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
