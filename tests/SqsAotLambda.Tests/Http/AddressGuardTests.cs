using System.Net;
using SqsAotLambda.Http;

namespace SqsAotLambda.Tests.Http;

/// <summary>Every range that matters, with its first and last address and its neighbours.</summary>
public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("0.0.0.0", "Refused")]
    [InlineData("0.0.0.1", "Refused")]
    [InlineData("0.255.255.255", "Refused")]
    [InlineData("1.0.0.0", "Open")]
    [InlineData("9.255.255.255", "Open")]
    [InlineData("10.0.0.0", "Open")]
    [InlineData("10.255.255.255", "Open")]
    [InlineData("100.64.0.0", "Open")]
    [InlineData("100.127.255.255", "Open")]
    [InlineData("126.255.255.255", "Open")]
    [InlineData("127.0.0.0", "Loopback")]
    [InlineData("127.0.0.1", "Loopback")]
    [InlineData("127.255.255.255", "Loopback")]
    [InlineData("128.0.0.0", "Open")]
    [InlineData("169.253.255.255", "Open")]
    [InlineData("169.254.0.0", "Refused")]
    [InlineData("169.254.79.129", "Refused")]
    [InlineData("169.254.169.254", "Refused")]
    [InlineData("169.254.170.2", "Refused")]
    [InlineData("169.254.255.255", "Refused")]
    [InlineData("169.255.0.0", "Open")]
    [InlineData("168.254.169.254", "Open")]
    [InlineData("172.16.0.0", "Open")]
    [InlineData("172.31.255.255", "Open")]
    [InlineData("192.168.0.0", "Open")]
    [InlineData("192.168.255.255", "Open")]
    [InlineData("223.255.255.255", "Open")]
    [InlineData("224.0.0.0", "Refused")]
    [InlineData("239.255.255.255", "Refused")]
    [InlineData("240.0.0.0", "Refused")]
    [InlineData("255.255.255.254", "Refused")]
    [InlineData("255.255.255.255", "Refused")]
    public void IPv4(string address, string kind) => Assert.Equal(kind, KindOf(address));

    [Theory]
    [InlineData("::", "Refused")]
    [InlineData("::1", "Loopback")]
    [InlineData("::1%1", "Loopback")]
    [InlineData("::2", "Refused")]
    [InlineData("1::1", "Open")]
    [InlineData("2001:db8::1", "Open")]
    [InlineData("2600:1f18::1", "Open")]
    [InlineData("fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Open")]
    [InlineData("fc00::", "Open")]
    [InlineData("fd00:ec1:ffff:ffff:ffff:ffff:ffff:ffff", "Open")]
    [InlineData("fd00:ec2::", "Refused")]
    [InlineData("fd00:ec2::254", "Refused")]
    [InlineData("fd00:ec2:ffff:ffff:ffff:ffff:ffff:ffff", "Refused")]
    [InlineData("fd00:ec3::", "Open")]
    [InlineData("fd01:ec2::254", "Open")]
    [InlineData("fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Open")]
    [InlineData("fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Open")]
    [InlineData("fe80::", "Refused")]
    [InlineData("fe80::1%1", "Refused")]
    [InlineData("febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Refused")]
    [InlineData("fec0::", "Open")]
    [InlineData("feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Open")]
    [InlineData("ff00::", "Refused")]
    [InlineData("ff02::1", "Refused")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Refused")]
    public void IPv6(string address, string kind) => Assert.Equal(kind, KindOf(address));

    /// <summary>The IPv4 address as <c>aabb:ccdd</c> in the place of <c>*</c>.</summary>
    public static readonly MatrixTheoryData<string, (string V4, string Kind)> Embedded = new(
        ["::*", "::ffff:*", "64:ff9b::*", "2002:*::", "2002:*:1:2:3:4:5"],
        [
            ("0000:0000", "Refused"),
            ("0000:0002", "Refused"),
            ("00ff:ffff", "Refused"),
            ("0100:0000", "Open"),
            ("0a00:0001", "Open"),
            ("7eff:ffff", "Open"),
            ("7f00:0000", "Loopback"),
            ("7f00:0001", "Loopback"),
            ("7fff:ffff", "Loopback"),
            ("8000:0000", "Open"),
            ("a9fd:ffff", "Open"),
            ("a9fe:0000", "Refused"),
            ("a9fe:a9fe", "Refused"),
            ("a9fe:ffff", "Refused"),
            ("a9ff:0000", "Open"),
            ("dfff:ffff", "Open"),
            ("e000:0000", "Refused"),
            ("ffff:ffff", "Refused"),
        ]);

    [Theory, MemberData(nameof(Embedded))]
    public void IPv4_inside_IPv6(string form, (string V4, string Kind) given) => Assert.Equal(given.Kind, KindOf(form.Replace("*", given.V4, StringComparison.Ordinal)));

    [Theory]
    [InlineData("::fffe:7f00:1", "Open")]
    [InlineData("::1:7f00:1", "Open")]
    [InlineData("1::ffff:7f00:1", "Open")]
    [InlineData("64:ff9a:ffff:ffff:ffff:ffff:7f00:1", "Open")]
    [InlineData("64:ff9b:0:0:0:1:7f00:1", "Open")]
    [InlineData("64:ff9b:1::", "Refused")]
    [InlineData("64:ff9b:1::8.8.8.8", "Refused")]
    [InlineData("64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "Refused")]
    [InlineData("64:ff9b:2::", "Open")]
    [InlineData("64:ff9c::7f00:1", "Open")]
    [InlineData("2001:7f00:1::", "Open")]
    [InlineData("2003:7f00:1::", "Open")]
    public void Beside_the_prefixes_that_hold_IPv4(string address, string kind) => Assert.Equal(kind, KindOf(address));

    [Theory]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("::1", false, true)]
    [InlineData("::ffff:127.0.0.1", false, true)]
    [InlineData("0.0.0.0", false, false)]
    [InlineData("::", false, false)]
    [InlineData("169.254.169.254", false, false)]
    [InlineData("fd00:ec2::254", false, false)]
    [InlineData("10.0.0.1", true, true)]
    [InlineData("2600:1f18::1", true, true)]
    public void Loopback_alone_depends_on_the_setting(string text, bool without, bool with)
    {
        var address = IPAddress.Parse(text);

        Assert.Equal((without, with), (new AddressGuard(allowLoopback: false).Allows(address), new AddressGuard(allowLoopback: true).Allows(address)));
    }

    [Theory]
    [InlineData("https://example.com/")]
    [InlineData("https://not-localhost/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://[2600:1f18::1]/")]
    public void Of_a_URL_that_may_be_dialled_there_is_no_fault(string url) => Assert.Null(new AddressGuard(allowLoopback: false).FaultOf(new(url)));

    private static string KindOf(string address) => AddressGuard.KindOf(IPAddress.Parse(address)).ToString();
}
