namespace SqsAotLambda.Aws;

/// <summary>The ARN of a secret in Secrets Manager or of a parameter in Parameter Store, and what of it says where to ask.</summary>
/// <param name="Service"><see cref="SecretsManager.Service"/> or <see cref="ParameterStore.Service"/>.</param>
internal sealed record SecretArn(string Text, string Partition, string Service, string Region)
{
    /// <summary>AWS's own.</summary>
    public Uri Endpoint => new($"https://{Service}.{Region}.{Partitions.DnsSuffix(Partition)}/");

    /// <summary>Null for a text that is neither ARN.</summary>
    public static SecretArn? TryParse(string text) =>
        text.Split(':') is ["arn", var partition, var service, var region, var account, .. var resource]
        && (partition == "aws" || partition.StartsWith("aws-", StringComparison.Ordinal)) && IsRegion(partition)
        && IsRegion(region) && region.Contains('-')
        && account.Length == 12 && account.All(char.IsAsciiDigit)
        && IsResource(service, resource)
            ? new(text, partition, service, region)
            : null;

    private static bool IsResource(string service, string[] resource) => (service, resource) switch
    {
        (SecretsManager.Service, ["secret", var name]) => IsMadeOf(name, "/_+=.@-"),
        // An ARN writes the parameters /a/b and x as parameter/a/b and parameter/x.
        (ParameterStore.Service, [var parameter]) when parameter.Split('/') is ["parameter", _, ..] steps => steps.All(step => IsMadeOf(step, "_.-")),
        _ => false,
    };

    private static bool IsMadeOf(string text, string others) => text.Length > 0 && text.All(each => char.IsAsciiLetterOrDigit(each) || others.Contains(each));

    /// <summary>It becomes a part of a host name.</summary>
    public static bool IsRegion(string text) =>
        text.Length > 0 && text.All(each => char.IsAsciiLetterLower(each) || char.IsAsciiDigit(each) || each == '-');
}
