using System.Text;
using SqsAotLambda.Sqs;
using static SqsAotLambda.Tests.Support.Events;

namespace SqsAotLambda.Tests.Sqs;

/// <summary>What is no event of SQS, and what an event may hold beside its messages.</summary>
public sealed class RefusedEventTests
{
    [Theory]
    [InlineData("", "The event is not valid JSON at byte 0 of line 0.")]
    [InlineData("{\"Records\":[", "The event is not valid JSON at byte 12 of line 0.")]
    [InlineData("{\"Records\":[]} x", "The event is not valid JSON at byte 15 of line 0.")]
    [InlineData("[]", "The event is not an SQS event: it is not a JSON object.")]
    [InlineData("null", "The event is not an SQS event: it is not a JSON object.")]
    [InlineData("{}", "The event is not an SQS event: it has no array named Records.")]
    [InlineData("{\"Records\":null}", "The event is not an SQS event: it has no array named Records.")]
    [InlineData("{\"records\":[]}", "The event is not an SQS event: it has no array named Records.")]
    [InlineData("{\"Records\":[],\"Records\":[]}", "The event is not an SQS event: it has two members named Records.")]
    [InlineData("{\"Records\":[7]}", "The event is not an SQS event: Records[0] is not an object.")]
    [InlineData("{\"Records\":[{\"messageId\":\"a\"},{\"body\":\"b\"}]}", "The event is not an SQS event: Records[1] has no messageId.")]
    [InlineData("{\"Records\":[{\"messageId\":\"\"}]}", "The event is not an SQS event: Records[0] has no messageId.")]
    [InlineData(
        "{\"Records\":[{\"messageId\":\"a\",\"eventSource\":\"aws:kinesis\"}]}",
        "The event is not an SQS event: Records[0] has another eventSource than aws:sqs.")]
    public void What_is_not_an_SQS_event_is_refused_with_the_reason(string json, string reason)
    {
        var refusal = Assert.Throws<InvalidEventException>(() => Read(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(reason, refusal.Message);
    }

    [Theory]
    [InlineData("""{"\ud800 of any length":1,"Records":[]}""")]
    [InlineData("""{"Records":[{"\ud800":1}]}""")]
    [InlineData("""{"Records":[{"messageId":"a","attributes":{"\ud800 of any length, as long as the longest":"1"}}]}""")]
    public void A_name_with_half_a_surrogate_pair_makes_an_event_none_of_SQS(string json)
    {
        var refusal = Assert.Throws<InvalidEventException>(() => Read(Encoding.UTF8.GetBytes(json)));

        Assert.Equal("The event is not an SQS event: a name in it holds half a surrogate pair and so has no UTF-8 form.", refusal.Message);
    }

    [Theory]
    [InlineData("""{"other":{"Records":[{"messageId":"x"}]},"Records":[{"messageId":"a"}]}""")]
    [InlineData("""{"Records":[{"other":{"messageId":"x","body":[1]},"messageId":"a"}],"other":[{"messageId":"x"}]}""")]
    public void Members_of_other_objects_are_not_of_the_event(string json) =>
        Assert.Equal("a", Assert.Single(Read(Encoding.UTF8.GetBytes(json))).Id);
}
