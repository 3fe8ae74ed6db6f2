namespace SqsAotLambda.Aws;

/// <summary>The keys of the function's role, which Lambda gives as environment variables.</summary>
/// <param name="SessionToken">Null for keys that need none.</param>
internal sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken)
{
    /// <summary>Null when the environment has no keys.</summary>
    public static AwsCredentials? From(IReadOnlyDictionary<string, string> environment) =>
        environment.GetValueOrDefault("AWS_ACCESS_KEY_ID") is { Length: > 0 } id
        && environment.GetValueOrDefault("AWS_SECRET_ACCESS_KEY") is { Length: > 0 } secret
            ? new(id, secret, environment.GetValueOrDefault("AWS_SESSION_TOKEN") is { Length: > 0 } token ? token : null)
            : null;
}
