namespace SqsAotLambda.Sqs;

/// <summary>
/// An ARN, read strictly, because parts of it become a host name or a URL:
/// <see href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"/>.
/// </summary>
/// <param name="Resource">All that follows the account; what it may hold, its service knows.</param>
internal sealed record ResourceName(string Partition, string Service, string Region, string Account, string Resource)
{
    /// <summary>https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html.</summary>
    private static readonly string[] Partitions = ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"];

    /// <summary>In characters, of a label of DNS.</summary>
    private const int MaxLabel = 63;

    /// <summary>Null for a text that is no ARN with a region and an account.</summary>
    public static ResourceName? TryParse(string text) =>
        text.Split(':', 6) is ["arn", var partition, var service, var region, var account, var resource]
        && Partitions.Contains(partition)
        && IsLabel(region) && region.Contains('-')
        && account.Length == 12 && account.All(char.IsAsciiDigit)
            ? new(partition, service, region, account, resource)
            : null;

    /// <summary>A name such as eu-west-1 or execute-api: a to z and 0 to 9, with single hyphens between them.</summary>
    public static bool IsLabel(string text) =>
        text.Length <= MaxLabel
        && text.Split('-').All(part => part.Length > 0 && part.All(each => char.IsAsciiLetterLower(each) || char.IsAsciiDigit(each)));

    /// <summary>Made of letters, digits and these, and not empty.</summary>
    public static bool IsMadeOf(ReadOnlySpan<char> text, string others)
    {
        foreach (var each in text)
        {
            if (!char.IsAsciiLetterOrDigit(each) && !others.Contains(each)) return false;
        }

        return text.Length > 0;
    }
}
