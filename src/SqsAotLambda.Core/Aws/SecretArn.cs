using SqsAotLambda.Sqs;

namespace SqsAotLambda.Aws;

/// <summary>The ARN of a secret in Secrets Manager or of a parameter in Parameter Store, and what of it says where to ask.</summary>
/// <param name="Service"><see cref="SecretsManager.Service"/> or <see cref="ParameterStore.Service"/>.</param>
internal sealed record SecretArn(string Text, string Partition, string Service, string Region)
{
    /// <summary>AWS's own.</summary>
    public Uri Endpoint => new($"https://{Service}.{Region}.{Partitions.DnsSuffix(Partition)}/");

    /// <summary>Null for a text that is neither ARN.</summary>
    public static SecretArn? TryParse(string text) =>
        ResourceName.TryParse(text) is { } name && IsResource(name.Service, name.Resource.Split(':'))
            ? new(text, name.Partition, name.Service, name.Region)
            : null;

    private static bool IsResource(string service, string[] resource) => (service, resource) switch
    {
        (SecretsManager.Service, ["secret", var name]) => ResourceName.IsMadeOf(name, "/_+=.@-"),
        // An ARN writes the parameters /a/b and x as parameter/a/b and parameter/x.
        (ParameterStore.Service, [var parameter]) when parameter.Split('/') is ["parameter", _, ..] steps =>
            steps.All(step => ResourceName.IsMadeOf(step, "_.-")),
        _ => false,
    };
}
