namespace SqsAotLambda.Sqs;

/// <summary>AWS's partitions: <see href="https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html"/>.</summary>
internal static class Partitions
{
    /// <param name="partition">As in an ARN.</param>
    public static string DnsSuffix(string partition) => partition switch
    {
        "aws-cn" => "amazonaws.com.cn",
        "aws-eusc" => "amazonaws.eu",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-iso-e" => "cloud.adc-e.uk",
        "aws-iso-f" => "csp.hci.ic.gov",
        // aws and aws-us-gov.
        _ => "amazonaws.com",
    };
}
