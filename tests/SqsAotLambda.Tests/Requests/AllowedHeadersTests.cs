using static SqsAotLambda.Tests.Support.RouteSettings;

namespace SqsAotLambda.Tests.Requests;

/// <summary>The headers that a route lets its messages set.</summary>
public sealed class AllowedHeadersTests
{
    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"X-A\"")]
    public void Headers_that_messages_may_set_are_a_list(string headers) => Assert.Equal(
        ["FORWARD_ROUTES: route a has allowedHeaders that are not a list of 1 to 100."],
        Faults(("FORWARD_ROUTES", $$"""[{"name":"a","request":"message","url":"https://a.example.com/","allowedHeaders":{{headers}}}]""")));

    [Theory]
    [InlineData("7")]
    [InlineData("\"\"")]
    [InlineData("\"*\"")]
    [InlineData("\"X A\"")]
    [InlineData("\"X_A\"")]
    [InlineData("\"X-A:\"")]
    [InlineData("\"*-A\"")]
    [InlineData("\"X-*-A\"")]
    [InlineData("\"X-**\"")]
    [InlineData("\"X-é\"")]
    public void Each_of_them_is_a_name_or_its_beginning(string header) => Assert.Equal(
        ["FORWARD_ROUTES: route a has in allowedHeaders something other than a header name of letters, digits and hyphens, or the beginning of "
            + "such names with * behind it."],
        Faults(("FORWARD_ROUTES", $$"""[{"name":"a","request":"message","url":"https://a.example.com/","allowedHeaders":[{{header}}]}]""")));

    [Theory]
    [InlineData("Host")]
    [InlineData("authorization")]
    [InlineData("Authorization*")]
    [InlineData("Cookie2")]
    [InlineData("Via")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Forwarded-*")]
    [InlineData("x-forwarded-f*")]
    [InlineData("Proxy-*")]
    [InlineData("Content-*")]
    [InlineData("X-Aws-Sqsd-*")]
    [InlineData("ce-*")]
    [InlineData("X-Amzn-*")]
    [InlineData("X-Auth-*")]
    [InlineData("CF-Connecting-IP")]
    [InlineData("User-Agent")]
    [InlineData("traceparent")]
    [InlineData("X-Key")]
    [InlineData("X-Own")]
    [InlineData("X-Hub")]
    [InlineData("X-Api-Key")]
    public void None_of_them_is_one_that_others_write_or_believe(string header) => Assert.Equal(
        [$"FORWARD_ROUTES: route a has in allowedHeaders {header}, which no message may set, because others write it or believe what it says."],
        Faults(
            (
                "FORWARD_ROUTES",
                """[{"name":"a","request":"message","url":"https://a.example.com/","headers":"""
                    + $$"""{"X_Own":"1"},"auth":"key","sign":"hub","allowedHeaders":["X-Tenant-*","X-*","{{header}}"]}]"""),
            (
                "FORWARD_AUTH",
                """{"key":{"type":"header","name":"X-Api-Key","value":"env:KEY"},"hub":"""
                    + """{"type":"hmac-sha256","header":"X-Hub","secret":"env:KEY"}}"""),
            ("FORWARD_IDEMPOTENCY_HEADER", "X-Key"),
            ("KEY", "k")));

    [Fact]
    public void None_of_them_is_there_twice() => Assert.Equal(
        ["FORWARD_ROUTES: route a has in allowedHeaders x-a twice."],
        Faults(("FORWARD_ROUTES", """[{"name":"a","request":"message","url":"https://a.example.com/","allowedHeaders":["X-A","x-a","X-A*"]}]""")));
}
