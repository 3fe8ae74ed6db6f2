using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Requests;
using SqsAotLambda.Settings;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>The JSON of routes, and what is wrong with it.</summary>
public sealed class RouteReaderTests
{
    [Fact]
    public void A_route_may_say_everything()
    {
        var route = Routes("""
            [{"name":"orders","when":{"attribute:type":"order"},"url":"https://orders.example.com/v1/{attribute:tenant}?id={body:/id}","method":"PUT",
              "headers":{"X-Tenant":"{attribute:tenant}"},"body":{"id":"{body:/id}"},"timeout":"5s",
              "successOn":"200","retryOn":"404","rejectOn":"418"}]
            """)[0];

        Assert.Equal(
            ("orders", "https://orders.example.com/v1/{attribute:tenant}", true, "PUT", TimeSpan.FromSeconds(5)),
            (route.Name, route.Url!.Shown, route.Url.HasTemplatedPath, route.Method, route.Timeout));
        Assert.Equal("X-Tenant", Assert.Single(route.Headers).Name);
        Assert.NotNull(route.Body);
        Assert.Equal(
            [Outcome.Delivered, Outcome.Unavailable, Outcome.Rejected, Outcome.Unavailable],
            new[] { 200, 404, 418, 500 }.Select(status => Classification.Of(new(status), route.Statuses)));
        Assert.False(route.When.Holds(Given.Message()));
    }

    [Fact]
    public void What_a_route_does_not_say_is_as_the_settings_say()
    {
        var settings = Given.Settings(
            new("https://example.com/"),
            ("FORWARD_ROUTES", """[{"name":"a","url":"https://a.example.com/"}]"""),
            ("FORWARD_METHOD", "PATCH"),
            ("FORWARD_TIMEOUT", "7s"),
            ("FORWARD_RETRY_ON", "404"));

        var route = settings.Routes[0];

        Assert.Equal(("PATCH", TimeSpan.FromSeconds(7), null, 0), (route.Method, route.Timeout, route.Body, route.Headers.Count));
        Assert.Equal(Outcome.Unavailable, Classification.Of(new(404), route.Statuses));
        Assert.True(route.When.Holds(Given.Message()));
        Assert.False(route.Url!.HasTemplatedPath);
    }

    [Fact]
    public void The_URL_of_the_settings_comes_after_all_routes()
    {
        Assert.Equal(
            ["b", "a", "default"], Routes("""[{"name":"b","url":"https://b.example.com/"},{"name":"a","drop":true}]""").Select(route => route.Name));
    }

    [Fact]
    public void With_routes_there_need_be_no_URL()
    {
        var settings = FunctionSettings.Parse(
            new Dictionary<string, string> { ["FORWARD_ROUTES"] = """[{"name":"a","url":"https://a.example.com/"}]""" });

        Assert.Equal("a", Assert.Single(settings.Routes).Name);
    }

    [Fact]
    public void Routes_may_come_from_a_file_beside_the_program()
    {
        var name = $"routes-{Guid.NewGuid():n}.json";
        var path = Path.Combine(AppContext.BaseDirectory, name);
        File.WriteAllText(path, """[{"name":"from-file","drop":true}]""");
        try
        {
            Assert.Equal("from-file", Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES_FILE", name)).Routes[0].Name);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(
        "FORWARD_ROUTES_FILE",
        "missing.json",
        "FORWARD_ROUTES_FILE=missing.json can't be read: FileNotFoundException. It takes a file's path from the folder of the package.")]
    [InlineData("FORWARD_ROUTES", "[", "FORWARD_ROUTES is not valid JSON at byte 1 of line 0.")]
    [InlineData("FORWARD_ROUTES", """[{"name":"\ud800"}]""", "FORWARD_ROUTES holds half a surrogate pair and so has no UTF-8 form.")]
    [InlineData("FORWARD_ROUTES", "[]", "FORWARD_ROUTES is not a JSON array of 1 to 1000 routes.")]
    [InlineData("FORWARD_ROUTES", "{}", "FORWARD_ROUTES is not a JSON array of 1 to 1000 routes.")]
    public void What_holds_no_routes_is_refused(string setting, string text, string fault) =>
        Assert.Equal([fault], Faults((setting, text)));

    [Theory]
    [InlineData("1", "is not a JSON object", "has no name", "needs either a url, \"request\": \"message\" or \"drop\": true")]
    [InlineData("""{"url":"https://a.example.com/"}""", "has no name")]
    [InlineData("""{"name":7,"drop":true}""", "has a name that is not a text")]
    [InlineData("""{"name":"0"}""", "needs either a url, \"request\": \"message\" or \"drop\": true")]
    [InlineData("""{"name":"0","url":"https://a.example.com/","drop":true}""", "needs either a url, \"request\": \"message\" or \"drop\": true")]
    [InlineData(
        """{"name":"0","drop":"yes"}""",
        "has a drop that is neither true nor false",
        "needs either a url, \"request\": \"message\" or \"drop\": true")]
    [InlineData("""{"name":"0","drop":true,"drop":true}""", "has two members named drop")]
    [InlineData(
        """{"name":"0","drop":true,"nmae":1}""",
        "has a member nmae, which is unknown; it takes name, drop, request, allowedHosts, allowedHeaders, allowPrivate, url, method, when, headers,"
            + " body, timeout, auth, sign, successOn, retryOn, rejectOn")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","method":"HEAD"}""",
        "has a method that is not allowed; it takes POST, PUT, PATCH, GET, DELETE")]
    [InlineData("""{"name":"0","url":"https://a.example.com/","method":"GET","body":"x"}""", "has a body, which GET does not send")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","timeout":"5"}""",
        "has a timeout that is not allowed; it takes a whole number with its unit (ms, s, m or h) from 1ms to 15m")]
    [InlineData("""{"name":"0","url":"https://a.example.com/","timeout":5}""", "has a timeout that is not a text")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","successOn":"2xx"}""",
        "has a successOn that is not allowed; it takes a list of statuses and ranges from 100 to 599, such as 200-299,409")]
    [InlineData("""{"name":"0","url":"https://a.example.com/","when":[]}""", "has a when that is not a JSON object")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","when":{"queue":"q"}}""",
        "has a condition queue in when; it takes attribute:NAME, body:/json/pointer and not")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","when":{"body:a":"q"}}""",
        "has a condition body:a in when; it takes attribute:NAME, body:/json/pointer and not")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","when":{"not":"q"}}""",
        "has a condition not in when; it takes attribute:NAME, body:/json/pointer and not")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","when":{"not":{"attribute:a":{"exists":1}}}}""",
        """has for attribute:a in when something other than a value, a list of values, {"prefix": "text"} or {"exists": true or false}""")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","when":{"attribute:a":{"prefix":"x","exists":true}}}""",
        """has for attribute:a in when something other than a value, a list of values, {"prefix": "text"} or {"exists": true or false}""")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","when":{"attribute:a":{"suffix":"x"}}}""",
        """has for attribute:a in when something other than a value, a list of values, {"prefix": "text"} or {"exists": true or false}""")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","when":{"attribute:a":[["x"]]}}""",
        """has for attribute:a in when something other than a value, a list of values, {"prefix": "text"} or {"exists": true or false}""")]
    [InlineData("""{"name":"0","url":"https://a.example.com/","headers":"x"}""", "has headers that are not a JSON object")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","headers":{"Authorization":"Bearer s3cret"}}""",
        "has a header Authorization, which auth is for")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","headers":{"Host":"x"}}""",
        "has a header Host, which is none or is written by the function itself")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","headers":{"Transfer-Encoding":"chunked"}}""",
        "has a header Transfer-Encoding, which is none or is written by the function itself")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","headers":{"Content-Length":"1"}}""",
        "has a header Content-Length, which is none or is written by the function itself")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","headers":{"X-Aws-Sqsd-Msgid":"1"}}""",
        "has a header X-Aws-Sqsd-Msgid, which is none or is written by the function itself")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","headers":{"ce-a b":"1"}}""",
        "has a header ce-a b, which is none or is written by the function itself")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","headers":{"A B":"1"}}""",
        "has a header A B, which is none or is written by the function itself")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","headers":{"A":"{tenant}"}}""",
        "has for the header A something other than a text whose expressions in braces are messageId, groupId, queue, receiveCount, attribute:NAME "
            + "or body:/json/pointer, and {{ and }} for a brace, in printable ASCII")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","headers":{"A":"x\r\nB: y"}}""",
        "has for the header A something other than a text whose expressions in braces are messageId, groupId, queue, receiveCount, attribute:NAME "
            + "or body:/json/pointer, and {{ and }} for a brace, in printable ASCII")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","body":{"a":["{"]}}""",
        "has in its body something other than a text whose expressions in braces are messageId, groupId, queue, receiveCount, attribute:NAME or "
            + "body:/json/pointer, and {{ and }} for a brace")]
    [InlineData(
        """{"name":"0","request":"body","allowedHosts":["a.example.com"]}""", "has a request that is not allowed; it takes message, or is left out")]
    [InlineData("""{"name":"0","request":"message"}""", "has neither a url nor allowedHosts, and so nowhere that its messages may go")]
    [InlineData(
        """{"name":"0","request":"message","drop":true}""",
        "needs either a url, \"request\": \"message\" or \"drop\": true",
        "has neither a url nor allowedHosts, and so nowhere that its messages may go")]
    [InlineData("""{"name":"0","request":"message","url":"https://a.example.com/?a=b"}""", "has a url with a query, which its messages describe")]
    [InlineData(
        """{"name":"0","request":"message","url":"https://a.example.com/{attribute:a}?a=b"}""",
        "has a url with a query, which its messages describe")]
    [InlineData(
        """{"name":"0","request":"message","url":"https://a.example.com/","body":"{messageId}"}""", "has a body, which its messages describe")]
    [InlineData(
        """{"name":"0","request":"message","url":"https://a.example.com/","method":"GET","body":"x"}""", "has a body, which its messages describe")]
    [InlineData("""{"name":"0","request":"message","allowedHosts":"a.example.com"}""", "has allowedHosts that are not a list of 1 to 100")]
    [InlineData("""{"name":"0","request":"message","allowedHosts":[]}""", "has allowedHosts that are not a list of 1 to 100")]
    [InlineData(
        """{"name":"0","request":"message","allowedHosts":["a.example.com","b.example.com","A.example.com"]}""",
        "has in allowedHosts a.example.com twice")]
    [InlineData(
        """{"name":"0","request":"message","allowedHosts":["bücher.example","xn--bcher-kva.example"]}""",
        "has in allowedHosts xn--bcher-kva.example twice")]
    [InlineData(
        """{"name":"0","request":"message","allowedHosts":["a.example.com"],"allowPrivate":"yes"}""",
        "has a allowPrivate that is neither true nor false")]
    [InlineData(
        """{"name":"0","request":"message","allowedHosts":["10.0.0.1"]}""",
        "has in allowedHosts 10.0.0.1, which is at an address that is refused (private, loopback, link-local, metadata, unspecified, multicast or "
            + "reserved); \"allowPrivate\": true allows private networks")]
    [InlineData(
        """{"name":"0","request":"message","allowedHosts":["[fd00::1]:8443"]}""",
        "has in allowedHosts [fd00::1]:8443, which is at an address that is refused (private, loopback, link-local, metadata, unspecified, "
            + "multicast or reserved); \"allowPrivate\": true allows private networks")]
    [InlineData(
        """{"name":"0","request":"message","allowedHosts":["169.254.169.254"],"allowPrivate":true}""",
        "has in allowedHosts 169.254.169.254, which is at an address that is refused (loopback, link-local, metadata, unspecified, multicast or "
            + "reserved)")]
    [InlineData(
        """{"name":"0","request":"message","url":"https://10.0.0.1/"}""",
        "has a url that is not allowed; it takes an absolute http or https URL without user name, password or fragment, with expressions in path "
            + "and query only, and at no address that is refused")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","allowedHosts":["a.example.com"]}""",
        "has allowedHosts, which is for \"request\": \"message\" only")]
    [InlineData(
        """{"name":"0","url":"https://a.example.com/","allowPrivate":false}""", "has allowPrivate, which is for \"request\": \"message\" only")]
    [InlineData("""{"name":"0","drop":true,"allowedHosts":["a.example.com"]}""", "has allowedHosts, which is for \"request\": \"message\" only")]
    public void A_route_that_is_wrong_is_refused(string route, params string[] faults) =>
        Assert.Equal(faults.Select(fault => $"FORWARD_ROUTES: route 0 {fault}."), Faults(("FORWARD_ROUTES", $"[{route}]")));

    [Theory]
    [InlineData("http://a.example.com/")]
    [InlineData("ftp://a.example.com/")]
    [InlineData("/relative")]
    [InlineData("https://user@a.example.com/")]
    [InlineData("https://user:s3cret@a.example.com/")]
    [InlineData("https://a.example.com/#part")]
    [InlineData("https://169.254.169.254/{attribute:a}")]
    [InlineData("https://א1.com/{attribute:a}")]
    [InlineData("https://א1.com/")]
    [InlineData("https://xn--é.com/")]
    [InlineData("https://a.example.com/%2e%2e/{attribute:a}")]
    [InlineData("https://{attribute:host}/")]
    [InlineData("https://{attribute:host}.example.com/")]
    [InlineData("https://a.example.com{attribute:path}")]
    [InlineData("https://a.example.com:{attribute:port}/")]
    [InlineData("{attribute:url}")]
    [InlineData("{attribute:scheme}://a.example.com/")]
    [InlineData("https://a.example.com@{attribute:host}/")]
    [InlineData("https://a.example.com\\@{attribute:host}/")]
    [InlineData("https://a.example.com/{attribute:a}#part")]
    [InlineData("https://a.example.com/../{attribute:a}")]
    [InlineData("https://a.example.com/..;/{attribute:a}")]
    [InlineData("https://a.example.com/%252e%252E/{attribute:a}")]
    [InlineData("https://a.example.com/a\\\\..\\\\{attribute:a}")]
    [InlineData("https://a.example.com/%0a/{attribute:a}")]
    [InlineData("https://a.example.com/{tenant}")]
    [InlineData("https://a.example.com/{")]
    [InlineData("https://a.example.com/}")]
    public void A_URL_that_is_not_allowed_is_refused_and_not_shown(string url) => Assert.Equal(
        ["FORWARD_ROUTES: route a has a url that is not allowed; it takes an absolute https URL without user name, password or fragment, with "
            + "expressions in path and query only, and at no address that is refused."],
        Faults(
            ("FORWARD_ROUTES", $$"""[{"name":"a","url":"{{url.Replace("\\", "\\\\", StringComparison.Ordinal)}}"}]"""),
            ("FORWARD_ALLOW_HTTP", "false")));

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

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*.example.com")]
    [InlineData("a.example.com.")]
    [InlineData("a..example.com")]
    [InlineData(".example.com")]
    [InlineData("a.example.com。")]
    [InlineData("a。example.com")]
    [InlineData("https://a.example.com")]
    [InlineData("a.example.com/")]
    [InlineData("a.example.com/v1")]
    [InlineData("a.example.com?a")]
    [InlineData("a.example.com#a")]
    [InlineData("me@a.example.com")]
    [InlineData("a.example.com:")]
    [InlineData("a.example.com:0")]
    [InlineData("a.example.com:0443")]
    [InlineData("a.example.com:65536")]
    [InlineData("a.example.com:https")]
    [InlineData("a.example.com:80:80")]
    [InlineData("a example.com")]
    [InlineData("a\texample.com")]
    [InlineData("%61.example.com")]
    [InlineData("a.example.com%2f")]
    [InlineData("a\\example.com")]
    [InlineData("-a.example.com")]
    [InlineData("a-.example.com")]
    [InlineData("a!.example.com")]
    [InlineData("xn--é.com")]
    [InlineData("א1.com")]
    [InlineData("8.8.8")]
    [InlineData("08.08.08.08")]
    [InlineData("010.8.8.8")]
    [InlineData("0x8.8.8.8")]
    [InlineData("134744072")]
    [InlineData("8.8.8.8.8")]
    [InlineData("8.8.8.8.")]
    [InlineData("2600:1f18::1")]
    [InlineData("[2600:1f18::1")]
    [InlineData("[2600:1f18:0::1]")]
    [InlineData("[2600:1f18::1%251]")]
    [InlineData("[::ffff:8.8.8.8]")]
    [InlineData("[::ffff:808:808]")]
    [InlineData("[2600:1f18::1]8443")]
    public void What_is_no_host_is_not_taken_for_one(string host) => Assert.Equal(
        ["FORWARD_ROUTES: route a has in allowedHosts something other than a host name or address as in a URL, perhaps with :PORT, without scheme, "
            + "wildcard and final full stop."],
        Faults(("FORWARD_ROUTES", $$"""[{"name":"a","request":"message","allowedHosts":[{{JsonSerializer.Serialize(host)}}]}]""")));

    [Theory]
    [InlineData("localhost")]
    [InlineData("a.localhost:8443")]
    [InlineData("ip6-localhost")]
    [InlineData("[::ffff:0:127.0.0.1]")]
    public void No_host_that_messages_may_name_is_this_machine(string host) => Assert.Equal(
        [$"FORWARD_ROUTES: route a has in allowedHosts {host}, which is at an address that is refused (loopback, link-local, metadata, unspecified,"
            + " multicast or reserved); FORWARD_ALLOW_LOOPBACK=true allows loopback."],
        Assert.Throws<InvalidSettingsException>(() => FunctionSettings.Parse(new Dictionary<string, string>
        {
            ["FORWARD_ROUTES"] = $$"""[{"name":"a","request":"message","allowedHosts":["{{host}}"],"allowPrivate":true}]""",
        })).Faults);

    [Fact]
    public void Hosts_are_known_in_one_form()
    {
        var route = Routes("""
            [{"name":"a","request":"message","allowPrivate":true,"method":"GET",
              "allowedHosts":["API.example.com","bücher.Example:8443","under_score.example","orders","[2600:1F18::1]:8443","10.0.0.1","[fd00::1]"]}]
            """)[0];

        Assert.Equal(
            "api.example.com, xn--bcher-kva.example:8443, under_score.example, orders, [2600:1f18::1]:8443, 10.0.0.1, [fd00::1]", route.Shown);
        Assert.Equal((true, false, "GET"), (route.MessageRule!.AllowPrivate, route.IsDropped, route.Method));
    }

    [Fact]
    public void Every_fault_of_every_route_is_told_at_once() => Assert.Equal(
        [
            "FORWARD_ROUTES: route a has a timeout that is not allowed; it takes a whole number with its unit (ms, s, m or h) from 1ms to 15m.",
            "FORWARD_ROUTES: route a has a member x, which is unknown; it takes name, drop, request, allowedHosts, allowedHeaders, allowPrivate, "
                + "url, method, when, headers, body, timeout, auth, sign, successOn, retryOn, rejectOn.",
            "FORWARD_ROUTES: route 1 has no name.",
        ],
        Faults(("FORWARD_ROUTES", """[{"name":"a","drop":true,"timeout":"1d","x":1},{"drop":true}]""")));

    [Fact]
    public void Two_routes_of_one_name_are_refused() =>
        Assert.Equal(["FORWARD_ROUTES has 2 routes named a."], Faults(("FORWARD_ROUTES", """[{"name":"a","drop":true},{"name":"a","drop":true}]""")));

    [Fact]
    public void Routes_come_from_one_place() => Assert.Contains(
        "FORWARD_ROUTES and FORWARD_ROUTES_FILE are both set; one of them holds all routes.",
        Faults(("FORWARD_ROUTES", """[{"name":"a","drop":true}]"""), ("FORWARD_ROUTES_FILE", "missing.json")));

    private static IReadOnlyList<Route> Routes(string json) => Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", json)).Routes;

    private static IReadOnlyList<string> Faults(params (string, string)[] settings) =>
        Assert.Throws<InvalidSettingsException>(() => Given.Settings(new("https://example.com/"), settings)).Faults;
}
