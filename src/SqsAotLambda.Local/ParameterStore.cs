using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace SqsAotLambda.Local;

/// <summary>Systems Manager's Parameter Store as the function asks it: the parameters of the samples, by their ARNs.</summary>
/// <remarks>https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html</remarks>
internal sealed class ParameterStore(IReadOnlyDictionary<string, string> parameters)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var (target, name) = (context.Request.Headers["X-Amz-Target"], await ReadNameAsync(context));
        var value = target == "AmazonSSM.GetParameter" && name is not null ? parameters.GetValueOrDefault(name) : null;
        context.Response.StatusCode = value is null ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
        object answer = value is null
            ? new { __type = "ParameterNotFound" }
            : new { Parameter = new { ARN = name, Type = "SecureString", Value = value, Version = 1 } };
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer), context.RequestAborted);
    }

    /// <summary>null when the request names none, or does not ask for the value in clear.</summary>
    private static async Task<string?> ReadNameAsync(HttpContext context)
    {
        try
        {
            var call = await JsonSerializer.DeserializeAsync<Call>(context.Request.Body, cancellationToken: context.RequestAborted);
            return call is { WithDecryption: true } ? call.Name : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Call(string? Name, bool WithDecryption);
}
