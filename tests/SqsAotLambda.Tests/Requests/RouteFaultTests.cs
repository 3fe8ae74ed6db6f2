using static SqsAotLambda.Tests.Support.RouteSettings;

namespace SqsAotLambda.Tests.Requests;

/// <summary>What is wrong with a route, in the words of the message.</summary>
public sealed class RouteFaultTests
{
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
            + " body, timeout, resend, auth, sign, successOn, retryOn, rejectOn, disposition")]
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
}
