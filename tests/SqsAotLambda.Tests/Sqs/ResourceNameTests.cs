using SqsAotLambda.Sqs;

namespace SqsAotLambda.Tests.Sqs;

/// <summary>Which ARNs are read.</summary>
public sealed class ResourceNameTests
{
    [Theory]
    [InlineData("aws")]
    [InlineData("aws-cn")]
    [InlineData("aws-us-gov")]
    [InlineData("aws-eusc")]
    [InlineData("aws-iso")]
    [InlineData("aws-iso-b")]
    [InlineData("aws-iso-e")]
    [InlineData("aws-iso-f")]
    public void Each_partition_of_AWS_is_known(string partition) => Assert.Equal(
        new ResourceName(partition, "sqs", "us-east-1", "123456789012", "q"),
        ResourceName.TryParse($"arn:{partition}:sqs:us-east-1:123456789012:q"));

    /// <summary>As long as a label of DNS.</summary>
    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_region_has_at_most_63_characters(int characters, bool isRead) =>
        Assert.Equal(isRead, ResourceName.TryParse($"arn:aws:sqs:us-{new string('a', characters - 3)}:123456789012:q") is not null);
}
