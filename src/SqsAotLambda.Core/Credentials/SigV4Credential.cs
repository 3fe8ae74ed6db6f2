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

internal sealed record SigV4Entry(string Name, string Service, string Region) : CredentialEntry(Name)
{
    public override string Summary => $"sigv4 for {Service} in {Region}";

    public override IEnumerable<SecretSource> Secrets => [];

    /// <summary>A role always has a session.</summary>
    public override IReadOnlyList<string> Headers => ["x-amz-date", "x-amz-security-token", "Authorization"];

    public static AuthEntry Read(EntryReader read) => new SigV4Entry(read.Name, read.Label("service", "execute-api"), read.Region("region"));

    public override Credential Make(Means means) => new SigV4Credential(this, means.Keys, means.Loop.Time);
}
