using SqsAotLambda.Aws;

namespace SqsAotLambda.Tests.Aws;

public sealed class SecretArnTests
{
    [Theory]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf", "aws", "secretsmanager", "eu-west-1")]
    [InlineData(
        "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:a/b_c+d=e.f@g-AbCdEf", "aws-us-gov", "secretsmanager", "us-gov-west-1")]
    [InlineData("arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:x", "aws-cn", "secretsmanager", "cn-north-1")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter/x", "aws", "ssm", "eu-west-1")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter/orders/prod/api_key.v1-2", "aws", "ssm", "eu-west-1")]
    public void It_tells_partition_service_and_region(string text, string partition, string service, string region) =>
        Assert.Equal(new(text, partition, service, region), SecretArn.TryParse(text));

    [Theory]
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:secret:x", "https://secretsmanager.eu-west-1.amazonaws.com/")]
    [InlineData("arn:aws-cn:ssm:cn-north-1:123456789012:parameter/x", "https://ssm.cn-north-1.amazonaws.com.cn/")]
    public void It_tells_where_to_ask(string text, string endpoint) => Assert.Equal(new(endpoint), SecretArn.TryParse(text)!.Endpoint);

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
    [InlineData("arn:aws:secretsmanager:eu-west-1:123456789012:parameter/a")]
    [InlineData("arn:aws:kms:eu-west-1:123456789012:key/a")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter/")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter//a")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter/a/")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter/a*")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter/a b")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:parameter/a:3")]
    [InlineData("arn:aws:ssm:eu-west-1:123456789012:document/a")]
    [InlineData("arn:aws:ssm::123456789012:parameter/a")]
    [InlineData("arn:aws:ssm:evil.example/:123456789012:parameter/a")]
    public void Any_other_text_is_none(string text) => Assert.Null(SecretArn.TryParse(text));
}
