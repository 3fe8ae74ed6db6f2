using SqsAotLambda.Aws;

namespace SqsAotLambda.Tests.Aws;

public sealed class SecretArnTests
{
    [Theory]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf", "aws", "eu-west-1")]
    [InlineData("arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:a/b_c+d=e.f@g-AbCdEf", "aws-us-gov", "us-gov-west-1")]
    [InlineData("arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:x", "aws-cn", "cn-north-1")]
    public void It_tells_partition_and_region(string text, string partition, string region) =>
        Assert.Equal(new(text, partition, region), SecretArn.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("orders")]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:secret:")]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:secret:a:b")]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:secret:a b")]
    [InlineData("arn:aws:secretsmanager:eu-west-1:12345678901:secret:a")]
    [InlineData("arn:aws:secretsmanager:eu-west-1:12345678901x:secret:a")]
    [InlineData("arn:aws:secretsmanager::123456789012:secret:a")]
    [InlineData("arn:aws:secretsmanager:evil.example/:123456789012:secret:a")]
    [InlineData("arn:aws:secretsmanager:EU-WEST-1:123456789012:secret:a")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:secret:a")]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:parameter:a")]
    [InlineData("arn:other:secretsmanager:eu-west-1:123456789012:secret:a")]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:secret:a#key")]
    public void Any_other_text_is_none(string text) => Assert.Null(SecretArn.TryParse(text));
}
