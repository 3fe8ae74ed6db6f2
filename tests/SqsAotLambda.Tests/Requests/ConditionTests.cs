using System.Text.Json;
using SqsAotLambda.Requests;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>Which messages a route takes.</summary>
public sealed class ConditionTests
{
    private static readonly Message Message = Given.Message(body: """
        {"id":7,"price":1.50,"big":1e400,"draft":false,"none":null,"name":"\u0061da","list":["x"],"object":{"a":"b"},
         "text5":"5","half":"\ud800","zero":0,"tenth":0.1}
        """) with
    {
        Attributes = [new("type", "String", "order"), new("count", "Number", "5"), new("blob", "Binary", null, "AA==")],
    };

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"attribute:type":"order"}""", true)]
    [InlineData("""{"attribute:type":"orde"}""", false)]
    [InlineData("""{"attribute:type":"Order"}""", false)]
    [InlineData("""{"attribute:other":"order"}""", false)]
    [InlineData("""{"attribute:type":["refund","order"]}""", true)]
    [InlineData("""{"attribute:type":["refund"]}""", false)]
    [InlineData("""{"attribute:type":[]}""", false)]
    [InlineData("""{"attribute:type":{"prefix":"ord"}}""", true)]
    [InlineData("""{"attribute:type":{"prefix":"der"}}""", false)]
    [InlineData("""{"attribute:other":{"prefix":""}}""", false)]
    [InlineData("""{"attribute:type":{"exists":true}}""", true)]
    [InlineData("""{"attribute:type":{"exists":false}}""", false)]
    [InlineData("""{"attribute:other":{"exists":true}}""", false)]
    [InlineData("""{"attribute:other":{"exists":false}}""", true)]
    [InlineData("""{"attribute:blob":{"exists":true}}""", false)]
    [InlineData("""{"attribute:count":"5"}""", true)]
    [InlineData("""{"attribute:count":5}""", false)]
    [InlineData("""{"attribute:type":"order","attribute:count":"5"}""", true)]
    [InlineData("""{"attribute:type":"order","attribute:count":"6"}""", false)]
    [InlineData("""{"body:/id":7}""", true)]
    [InlineData("""{"body:/id":7.0}""", true)]
    [InlineData("""{"body:/id":"7"}""", false)]
    [InlineData("""{"body:/id":[6,7]}""", true)]
    [InlineData("""{"body:/price":1.5}""", true)]
    [InlineData("""{"body:/big":1e400}""", true)]
    [InlineData("""{"body:/big":1e401}""", false)]
    [InlineData("""{"body:/zero":1e-40}""", false)]
    [InlineData("""{"body:/zero":0.0e5}""", true)]
    [InlineData("""{"body:/zero":-0}""", true)]
    [InlineData("""{"body:/id":70e-1}""", true)]
    [InlineData("""{"body:/tenth":0.10000000000000000000000000000000000001}""", false)]
    [InlineData("""{"body:/tenth":1e-1}""", true)]
    [InlineData("""{"body:/text5":"5"}""", true)]
    [InlineData("""{"body:/text5":5}""", false)]
    [InlineData("""{"body:/draft":false}""", true)]
    [InlineData("""{"body:/draft":true}""", false)]
    [InlineData("""{"body:/draft":null}""", false)]
    [InlineData("""{"body:/none":null}""", true)]
    [InlineData("""{"body:/none":{"exists":true}}""", true)]
    [InlineData("""{"body:/missing":null}""", false)]
    [InlineData("""{"body:/name":"ada"}""", true)]
    [InlineData("""{"body:/name":{"prefix":"ad"}}""", true)]
    [InlineData("""{"body:/name":{"prefix":"ada"}}""", true)]
    [InlineData("""{"body:/name":{"prefix":"adam"}}""", false)]
    [InlineData("""{"body:/missing":{"prefix":""}}""", false)]
    [InlineData("""{"body:/list":{"prefix":""}}""", false)]
    [InlineData("""{"body:/name":["ad","adaa","ada"]}""", true)]
    [InlineData("""{"body:/name":["ad","adaa","Ada",5]}""", false)]
    [InlineData("""{"body:/name":[]}""", false)]
    [InlineData("""{"body:/id":{"prefix":"7"}}""", false)]
    [InlineData("""{"body:/list/0":"x"}""", true)]
    [InlineData("""{"body:/list":"x"}""", false)]
    [InlineData("""{"body:/object/a":"b"}""", true)]
    [InlineData("""{"body:/object":{"exists":true}}""", true)]
    [InlineData("""{"body:/half":"x"}""", false)]
    [InlineData("""{"body:/half":{"exists":true}}""", true)]
    [InlineData("""{"not":{"attribute:type":"order"}}""", false)]
    [InlineData("""{"not":{"attribute:type":"refund"}}""", true)]
    [InlineData("""{"not":{"attribute:type":"order","body:/id":8}}""", true)]
    [InlineData("""{"not":{"not":{"attribute:type":"order"}}}""", true)]
    [InlineData("""{"attribute:type":"order","not":{"body:/draft":true}}""", true)]
    public void A_route_takes_what_meets_all_its_conditions(string when, bool takes) => Assert.Equal(takes, When(when).Holds(Message));

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("{\"id\"")]
    public void A_body_that_is_not_JSON_has_no_values(string body)
    {
        Assert.False(When("""{"body:/id":7}""").Holds(Given.Message(body: body)));
        Assert.True(When("""{"body:/id":{"exists":false}}""").Holds(Given.Message(body: body)));
    }

    [Fact]
    public void JSON_deeper_than_64_has_no_values_and_does_no_harm()
    {
        var deep = Given.Message(body: $$"""{"deep":{{new string('[', 100_000)}},"id":7}""");

        Assert.False(When("""{"body:/id":7}""").Holds(deep));
    }

    [Theory]
    [InlineData("""{"body:/x":"q"}""")]
    [InlineData("""{"body:/x":["q","r",1,null]}""")]
    [InlineData("""{"body:/x":{"prefix":"aaa"}}""")]
    [InlineData("""{"body:/x":{"exists":true}}""")]
    [InlineData("""{"body:/other":"q"}""")]
    [InlineData("""{"attribute:x":"q"}""")]
    [InlineData("""{"attribute:x":{"prefix":"aaa"}}""")]
    public void Nothing_is_made_of_a_large_value(string when)
    {
        var condition = When(when);
        foreach (
            var value in (string[])
            [
                "aaa" + new string('b', 1_000_000),
                "aaa" + string.Concat(Enumerable.Repeat(@"\u00e9", 100_000)),
                "aaa" + new string('é', 500_000),
            ])
        {
            var bytes = Allocated.By(
                () => Given.Message(body: $$"""{"x":"{{value}}"}""") with { Attributes = [new("x", "String", value)] },
                message => Assert.Equal(when.Contains("prefix") || when.Contains("exists"), condition.Holds(message)));

            Assert.InRange(bytes, 0, 2000);
        }
    }

    /// <summary>As far as a decimal holds both: 28 digits. Beyond them only numbers that are written alike are equal.</summary>
    [Theory]
    [InlineData("1000000000000000000000000000", "1e27", true)]
    [InlineData("1.000000000000000000000000000", "1", true)]
    [InlineData("10000000000000000000000000000", "1e28", false)]
    [InlineData("0.0000000000000000000000000001", "1e-28", false)]
    [InlineData("1e28", "1e28", true)]
    [InlineData("1E+27", "1e27", true)]
    public void Numbers_are_equal_by_value_up_to_28_digits(string one, string other, bool equal)
    {
        Assert.Equal(equal, When($$"""{"body:/x":{{one}}}""").Holds(Given.Message(body: $$"""{"x":{{other}}}""")));
        Assert.Equal(equal, When($$"""{"body:/x":{{other}}}""").Holds(Given.Message(body: $$"""{"x":{{one}}}""")));
    }

    [Fact]
    public void One_of_several_texts_may_be_much_longer_than_the_others()
    {
        var (longText, escaped) = (new string('a', 2_000), string.Concat(Enumerable.Repeat(@"\u0061", 2_000)));
        var condition = When($$"""{"body:/x":["b","{{longText}}"]}""");

        // The third is as long as it can be written.
        Assert.All(["b", longText, escaped], text => Assert.True(condition.Holds(Given.Message(body: $$"""{"x":"{{text}}"}"""))));
        Assert.All(["bb", longText + "a", escaped + "a"], text => Assert.False(condition.Holds(Given.Message(body: $$"""{"x":"{{text}}"}"""))));
    }

    /// <summary>A number of a thousand characters is compared as it is written; a longer one is compared with nothing.</summary>
    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public void A_number_of_more_than_1000_characters_equals_nothing(int characters, bool equals)
    {
        var number = $"0.{new string('0', characters - 3)}1";

        Assert.Equal(equals, When($$"""{"body:/x":[1,{{number}}]}""").Holds(Given.Message(body: $$"""{"x":{{number}}}""")));
    }

    [Theory]
    [InlineData("number")]
    [InlineData("list")]
    [InlineData("object")]
    public void A_value_that_is_no_text_is_not_copied_to_be_compared(string kind)
    {
        var condition = When("""{"body:/x":["q",1,null]}""");
        var value = kind switch
        {
            "number" => new string('7', 1_000_000),
            "list" => $"[{string.Join(',', Enumerable.Repeat("1", 500_000))}]",
            _ => $$"""{"a":"{{new string('b', 1_000_000)}}"}""",
        };
        var body = $$"""{"x":{{value}}}""";

        var bytes = Allocated.By(() => Given.Message(body: body), message => Assert.False(condition.Holds(message)));

        Assert.InRange(bytes, 0, 2000);
    }

    /// <summary>Of a small message: where it is routed by a text of its body, that costs it nothing.</summary>
    [Fact]
    public void A_text_of_the_body_is_compared_without_being_made()
    {
        var condition = When("""{"body:/name":["ada","bob"],"body:/text5":{"prefix":"5"}}""");
        condition.Holds(Message);

        Assert.Equal(0, Allocated.By(() => Message, message => Assert.True(condition.Holds(message))));
    }

    [Fact]
    public void Many_pointers_are_remembered_only_as_far_as_a_body_is_worth_it()
    {
        var conditions = Enumerable.Range(0, 100).Select(each => When($$"""{"body:/{{each}}":"q"}""")).ToList();
        var message = Given.Message();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.All(conditions, condition => Assert.False(condition.Holds(message)));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 20_000);
    }

    private static Condition When(string json)
    {
        using var route = JsonDocument.Parse($$"""[{"name":"a","drop":true,"when":{{json}}}]""");
        return Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", route.RootElement.GetRawText())).Routes[0].When;
    }
}
