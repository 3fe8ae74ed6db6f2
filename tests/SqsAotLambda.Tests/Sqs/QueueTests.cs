using SqsAotLambda.Sqs;

namespace SqsAotLambda.Tests.Sqs;

/// <summary>What the ARN of a queue says.</summary>
public sealed class QueueTests
{
    [Theory]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:orders", "aws", "us-east-1", "123456789012", "orders")]
    [InlineData("arn:aws:sqs:us-east-1:000000000000:a", "aws", "us-east-1", "000000000000", "a")]
    [InlineData("arn:aws-us-gov:sqs:us-gov-west-1:123456789012:A-b_0.fifo", "aws-us-gov", "us-gov-west-1", "123456789012", "A-b_0.fifo")]
    public void A_queue_is_known_by_its_ARN(string arn, string partition, string region, string account, string name)
    {
        var queue = new Queue(arn);

        Assert.True(queue.IsKnown);
        Assert.Equal((arn, partition, region, account, name), (queue.Arn, queue.Partition, queue.Region, queue.Account, queue.Name));
    }

    [Theory]
    [InlineData("aws", "us-east-1", "amazonaws.com")]
    [InlineData("aws-us-gov", "us-gov-west-1", "amazonaws.com")]
    [InlineData("aws-cn", "cn-north-1", "amazonaws.com.cn")]
    [InlineData("aws-iso", "us-iso-east-1", "c2s.ic.gov")]
    [InlineData("aws-eusc", "eusc-de-east-1", "amazonaws.eu")]
    public void The_queue_names_its_partition_region_and_account(string partition, string region, string suffix)
    {
        var queue = new Queue($"arn:{partition}:sqs:{region}:123456789012:orders.fifo");

        Assert.Equal((partition, region, "123456789012", "orders.fifo"), (queue.Partition, queue.Region, queue.Account, queue.Name));
        Assert.Equal(suffix, Partitions.DnsSuffix(queue.Partition));
    }

    [Theory]
    [InlineData("")]
    [InlineData("orders")]
    [InlineData("arn:aws:sqs:us-east-1:123456789012")]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:")]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:.fifo")]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:orders.fifo.fifo")]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:orders.FIFO")]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:a:b")]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:a/../b")]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:a?b")]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:\u00e9")]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:a\n")]
    [InlineData("arn:aws:sqs:evil.test/x:123456789012:q")]
    [InlineData("arn:aws:sqs:us-east-1://[:q")]
    [InlineData("arn:aws:sqs:us-east-1/:123456789012:q")]
    [InlineData("arn:aws:sqs:us-east-1.evil.test#:123456789012:q")]
    [InlineData("arn:aws:sqs:us-east-1@evil.test:123456789012:q")]
    [InlineData("arn:aws:sqs:US-EAST-1:123456789012:q")]
    [InlineData("arn:aws:sqs:useast1:123456789012:q")]
    [InlineData("arn:aws:sqs:-:123456789012:q")]
    [InlineData("arn:aws:sqs:us--east:123456789012:q")]
    [InlineData("arn:aws:sqs:xn--a-:123456789012:q")]
    [InlineData("arn:aws:sqs:us-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:123456789012:q")]
    [InlineData("arn:aws:sqs::123456789012:q")]
    [InlineData("arn:aws:sqs:us-east-1:1:q")]
    [InlineData("arn:aws:sqs:us-east-1:1234567890123:q")]
    [InlineData("arn:aws:sqs:us-east-1:12345678901\u0662:q")]
    [InlineData("arn:aws:sns:us-east-1:123456789012:q")]
    [InlineData("arn:other:sqs:us-east-1:123456789012:q")]
    [InlineData("arn:awsx:sqs:us-east-1:123456789012:q")]
    [InlineData("arn:aws-/:sqs:us-east-1:123456789012:q")]
    [InlineData("ARN:aws:sqs:us-east-1:123456789012:q")]
    [InlineData(" arn:aws:sqs:us-east-1:123456789012:q")]
    public void Any_other_text_names_an_unknown_queue(string arn)
    {
        var queue = new Queue(arn);

        Assert.False(queue.IsKnown);
        Assert.Equal((arn, "", "", "", ""), (queue.Arn, queue.Partition, queue.Region, queue.Account, queue.Name));
    }

    [Theory]
    [InlineData(80, "", true)]
    [InlineData(81, "", false)]
    [InlineData(75, ".fifo", true)]
    [InlineData(76, ".fifo", false)]
    public void A_name_has_eighty_characters_at_most(int length, string suffix, bool known) =>
        Assert.Equal(known, new Queue($"arn:aws:sqs:us-east-1:123456789012:{new string('q', length)}{suffix}").IsKnown);
}
