using System.Text.Json;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Aws;

/// <summary>A call of AWS that failed. The message names the call and AWS's error code, never what was sent.</summary>
internal sealed class AwsException(string message, Exception? cause = null) : Exception(message, cause)
{
    public static AwsException From(string target, int status, JsonDocument answer)
    {
        using (answer)
        {
            var type = JsonText.Member(answer.RootElement, "__type") ?? "no error code";
            return new($"{target} was refused with {status}: {type[(type.IndexOf('#') + 1)..]}.");
        }
    }
}
