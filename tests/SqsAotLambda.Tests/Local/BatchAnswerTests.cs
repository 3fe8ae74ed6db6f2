using System.Text;
using SqsAotLambda.Local.Lambda;

namespace SqsAotLambda.Tests.Local;

/// <summary>https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting</summary>
public sealed class BatchAnswerTests
{
    private static readonly string[] Batch = ["a", "b", "c"];

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"batchItemFailures":null}""")]
    [InlineData("""{"batchItemFailures":[]}""")]
    [InlineData(""" { "other": 1, "batchItemFailures": [ ] } """)]
    public void An_answer_without_failures_is_a_complete_success(string answer)
    {
        var parsed = Parse(answer);

        Assert.Empty(parsed.Failed);
        Assert.Null(parsed.Fault);
    }

    [Theory]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"b"}]}""", "b")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"c"},{"itemIdentifier":"a"}]}""", "a", "c")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}""", "b")]
    [InlineData("""{"batchItemFailures":[{"other":1,"itemIdentifier":"\u0062"}]}""", "b")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"b"},{"itemIdentifier":"c"}]}""", "a", "b", "c")]
    public void Only_the_named_messages_fail(string answer, params string[] failed)
    {
        var parsed = Parse(answer);

        Assert.Equal(failed, parsed.Failed.Order());
        Assert.Null(parsed.Fault);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData(" ")]
    [InlineData("""{"batchItemFailures":[""")]
    [InlineData("""{"batchItemFailures":[]} {}""")]
    [InlineData("\"ok\"")]
    [InlineData("[]")]
    [InlineData("""{"batchItemFailures":{}}""")]
    [InlineData("""{"batchItemFailures":"a"}""")]
    [InlineData("""{"batchItemFailures":["a"]}""")]
    [InlineData("""{"batchItemFailures":[null]}""")]
    [InlineData("""{"batchItemFailures":[{}]}""")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":""}]}""")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":null}]}""")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":1}]}""")]
    [InlineData("""{"batchItemFailures":[{"ItemIdentifier":"a"}]}""")]
    [InlineData("""{"batchItemFailures":[{"messageId":"a"}]}""")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"not in the batch"}]}""")]
    public void An_answer_that_cannot_be_understood_fails_the_whole_batch(string answer)
    {
        var parsed = Parse(answer);

        Assert.Equal(Batch, parsed.Failed.Order());
        Assert.NotNull(parsed.Fault);
    }

    private static BatchAnswer Parse(string answer) => BatchAnswer.Parse(Encoding.UTF8.GetBytes(answer), Batch);
}
