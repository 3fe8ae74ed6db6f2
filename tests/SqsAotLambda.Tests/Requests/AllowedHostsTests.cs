using System.Text.Json;
using SqsAotLambda.Settings;
using static SqsAotLambda.Tests.Support.RouteSettings;

namespace SqsAotLambda.Tests.Requests;

/// <summary>The hosts that a route lets its messages name.</summary>
public sealed class AllowedHostsTests
{
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
}
