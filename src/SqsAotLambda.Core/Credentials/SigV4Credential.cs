using SqsAotLambda.Aws;
using SqsAotLambda.Http;

namespace SqsAotLambda.Credentials;

/// <summary>The function's role, for API Gateway and function URLs.</summary>
/// <param name="keys">Null when the environment has none.</param>
internal sealed class SigV4Credential(SigV4Entry entry, AwsCredentials? keys, TimeProvider time) : Credential
{
    public override ValueTask AuthorizeAsync(Request request, Deadline deadline)
    {
        if (keys is null) throw new CredentialException($"The environment has no AWS keys for \"{entry.Name}\".");

        var at = time.GetUtcNow();
        List<NameValue> headers = [new("x-amz-date", SigV4.Timestamp(at))];
        if (keys.SessionToken is { } token)
        {
            headers.Add(new("x-amz-security-token", token));
            // API Gateway repeats all that was signed when a signature does not match.
            request.Conceal(token);
        }

        foreach (var (name, value) in headers) request.Set(name, value);

        request.Set("Authorization", new SigV4(keys, entry.Region, entry.Service).Authorization(
            request.Method,
            request.Url.AbsolutePath,
            SigV4.Parameters(request.Url.Query),
            [.. headers, new("host", request.Host)],
            request.Body.GetValueOrDefault().Span,
            at));
        return ValueTask.CompletedTask;
    }
}
