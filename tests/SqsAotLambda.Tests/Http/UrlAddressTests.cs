using SqsAotLambda.Http;

namespace SqsAotLambda.Tests.Http;

/// <summary>What an address guard says of a URL before anything is dialled.</summary>
public sealed class UrlAddressTests
{
    [Fact]
    public void A_URL_in_a_private_network_is_told_what_would_allow_it() => Assert.Equal(
        [
            "is at an address that is refused (private, loopback, link-local, metadata, unspecified, multicast or reserved); "
                + "\"allowPrivate\": true allows private networks",
        ],
        Rule(allowLoopback: false).WithoutPrivate.FaultsOf(new("https://10.0.0.1/")));

    [Theory]
    [InlineData("https://example.com/")]
    [InlineData("https://not-localhost/")]
    [InlineData("https://localhost.example/")]
    [InlineData("https://localhost.example.com./")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://[2600:1f18::1]/")]
    public void Of_a_URL_that_may_be_dialled_there_is_no_fault(string url) => Assert.Empty(Rule(allowLoopback: false).FaultsOf(new(url)));

    [Theory]
    [InlineData("https://localhost/")]
    [InlineData("https://LOCALHOST/")]
    [InlineData("https://localhost./")]
    [InlineData("https://a.localhost/")]
    [InlineData("https://A.b.LocalHost./")]
    [InlineData("https://localhost\u3002/")]
    [InlineData("https://loopback./")]
    [InlineData("https://ip6-localhost/")]
    [InlineData("https://localhost.localdomain./")]
    [InlineData("https://localhost6/")]
    [InlineData("https://127.0.0.1./")]
    [InlineData("https://0x7f.1./")]
    [InlineData("https://2130706433./")]
    [InlineData("https://[::ffff:0:127.0.0.1]/")]
    [InlineData("https://[::5efe:7f00:1]/")]
    [InlineData("https://[::1%25lo]/")]
    public void A_URL_at_this_machine_is_a_fault_in_any_form_of_its_name(string url)
    {
        Assert.EndsWith("LOOPBACK=true allows loopback", Assert.Single(Rule(allowLoopback: false).FaultsOf(new(url))));
        Assert.Empty(Rule(allowLoopback: true).FaultsOf(new(url)));
    }

    private static UrlRule Rule(bool allowLoopback) => new(allowHttp: false, new(allowLoopback), new("HTTP=true", "LOOPBACK=true"));
}
