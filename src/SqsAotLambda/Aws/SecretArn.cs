namespace SqsAotLambda.Aws;

/// <summary>The ARN of a secret in Secrets Manager, and what of it says where to ask.</summary>
internal sealed record SecretArn(string Text, string Partition, string Region)
{
    /// <summary>Null for a text that is not the ARN of a secret.</summary>
    public static SecretArn? TryParse(string text) =>
        text.Split(':') is ["arn", var partition, "secretsmanager", var region, var account, "secret", var name]
        && (partition == "aws" || partition.StartsWith("aws-", StringComparison.Ordinal)) && IsRegion(partition)
        && IsRegion(region) && region.Contains('-')
        && account.Length == 12 && account.All(char.IsAsciiDigit)
        && name.Length > 0 && name.All(each => char.IsAsciiLetterOrDigit(each) || "/_+=.@-".Contains(each))
            ? new(text, partition, region)
            : null;

    /// <summary>It becomes a part of a host name.</summary>
    public static bool IsRegion(string text) =>
        text.Length > 0 && text.All(each => char.IsAsciiLetterLower(each) || char.IsAsciiDigit(each) || each == '-');
}
