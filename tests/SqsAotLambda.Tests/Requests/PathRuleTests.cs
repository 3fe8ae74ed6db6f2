using SqsAotLambda.Requests;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>Which paths are refused, by how often servers would have to decode them.</summary>
public sealed class PathRuleTests
{
    private const string Climbs = "climbs", Control = "has a control character";

    [Theory]
    [InlineData(0, Climbs)]
    [InlineData(1, Climbs)]
    [InlineData(2, Climbs)]
    [InlineData(3, Climbs)]
    [InlineData(4, Climbs)]
    [InlineData(5, null)]
    public void A_path_that_climbs_after_at_most_four_decodings_is_refused(int decodings, string? fault) =>
        Assert.Equal(fault, PathRule.FaultOf($"/v1/{Encoded("..", decodings)}/admin"));

    [Theory]
    [InlineData(0, Control)]
    [InlineData(1, Control)]
    [InlineData(2, Control)]
    [InlineData(3, Control)]
    [InlineData(4, Control)]
    [InlineData(5, null)]
    public void A_path_with_a_control_character_after_at_most_four_decodings_is_refused(int decodings, string? fault) =>
        Assert.Equal(fault, PathRule.FaultOf($"/v1/a{Encoded("\n", decodings)}"));

    [Theory]
    [InlineData("/")]
    [InlineData("/v1/...")]
    [InlineData("/v1/a..b/.c/d.")]
    [InlineData("/v1/a;..")]
    [InlineData("/v1/100%25/%C3%A9")]
    public void Any_other_path_is_taken(string path) => Assert.Null(PathRule.FaultOf(path));

    /// <summary>The fifth server in a row that decodes would be the first to see the step.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData(4, "route a: path has a step . or .., or a control character, in its path in message id")]
    [InlineData(5, null)]
    public async Task The_path_that_a_message_describes_is_decoded_as_often(int decodings, string? reason)
    {
        await using var server = new StubServer(_ => Replies.Status(200));

        var delivery = await Given.DeliveryAsync(
            Given.Message(body: $$"""{"path":"/{{Encoded("..", decodings)}}/admin"}"""),
            ("FORWARD_ROUTES", $$"""[{"name":"a","request":"message","url":"{{server.Url}}"}]"""));

        Assert.Equal((reason, reason is null ? 1 : 0), (delivery.Reason, server.Requests.Count));
    }

    /// <summary>Each character as <c>%HH</c>, and each % as <c>%25</c> from the second time on.</summary>
    private static string Encoded(string text, int times)
    {
        if (times == 0) return text;

        var encoded = string.Concat(text.Select(character => $"%{(int)character:x2}"));
        for (var time = 1; time < times; time++) encoded = encoded.Replace("%", "%25", StringComparison.Ordinal);
        return encoded;
    }
}
