using System.Text;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Sqs;

public sealed class BatchResponseTests
{
    [Theory]
    [InlineData("", """{"batchItemFailures":[]}""")]
    [InlineData("059f36b4", """{"batchItemFailures":[{"itemIdentifier":"059f36b4"}]}""")]
    [InlineData("b a", """{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"a"}]}""")]
    public void The_answer_names_what_failed_in_the_given_order(string ids, string json)
    {
        var failed = Given.Batch(ids.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(json, Encoding.UTF8.GetString(BatchResponse.ToJson(failed).Span));
    }
}
