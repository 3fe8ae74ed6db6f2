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
    [InlineData("10.0.0.0", "Private")]
    [InlineData("10.255.255.255", "Private")]
    [InlineData("11.0.0.0", "Open")]
    [InlineData("100.63.255.255", "Open")]
    [InlineData("100.64.0.0", "Private")]
    [InlineData("100.127.255.255", "Private")]
    [InlineData("100.128.0.0", "Open")]
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
    [InlineData("172.15.255.255", "Open")]
    [InlineData("172.16.0.0", "Private")]
    [InlineData("172.31.255.255", "Private")]
    [InlineData("172.32.0.0", "Open")]
    [InlineData("191.255.255.255", "Open")]
    [InlineData("192.0.0.0", "Private")]
    [InlineData("192.0.0.255", "Private")]
    [InlineData("192.0.1.0", "Open")]
    [InlineData("192.0.2.0", "Private")]
    [InlineData("192.0.2.255", "Private")]
    [InlineData("192.0.3.0", "Open")]
    [InlineData("192.88.98.255", "Open")]
    [InlineData("192.88.99.0", "Private")]
    [InlineData("192.88.99.255", "Private")]
    [InlineData("192.88.100.0", "Open")]
    [InlineData("192.167.255.255", "Open")]
    [InlineData("192.168.0.0", "Private")]
    [InlineData("192.168.255.255", "Private")]
    [InlineData("192.169.0.0", "Open")]
    [InlineData("198.17.255.255", "Open")]
    [InlineData("198.18.0.0", "Private")]
    [InlineData("198.19.255.255", "Private")]
    [InlineData("198.20.0.0", "Open")]
    [InlineData("198.51.99.255", "Open")]
    [InlineData("198.51.100.0", "Private")]
    [InlineData("198.51.100.255", "Private")]
    [InlineData("198.51.101.0", "Open")]
    [InlineData("203.0.112.255", "Open")]
    [InlineData("203.0.113.0", "Private")]
    [InlineData("203.0.113.255", "Private")]
    [InlineData("203.0.114.0", "Open")]
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
    [InlineData("ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Open")]
    [InlineData("100::", "Private")]
    [InlineData("100::ffff:ffff:ffff:ffff", "Private")]
    [InlineData("100:0:0:1::", "Open")]
    [InlineData("1::1", "Open")]
    [InlineData("2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Open")]
    [InlineData("2001::", "Refused")]
    [InlineData("2001:0:7f00:1::1", "Refused")]
    [InlineData("2001:0:4136:e378:8000:63bf:80ff:fffe", "Refused")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2", "Private")]
    [InlineData("2001:2::1", "Private")]
    [InlineData("2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "Private")]
    [InlineData("2001:200::", "Open")]
    [InlineData("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "Open")]
    [InlineData("2001:db8::", "Private")]
    [InlineData("2001:db8::1", "Private")]
    [InlineData("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "Private")]
    [InlineData("2001:db9::", "Open")]
    [InlineData("2600:1f18::1", "Open")]
    [InlineData("3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Open")]
    [InlineData("3fff::", "Private")]
    [InlineData("3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "Private")]
    [InlineData("3fff:1000::", "Open")]
    [InlineData("5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Open")]
    [InlineData("5f00::", "Private")]
    [InlineData("5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Private")]
    [InlineData("5f01::", "Open")]
    [InlineData("fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Open")]
    [InlineData("fc00::", "Private")]
    [InlineData("fd00:ec1:ffff:ffff:ffff:ffff:ffff:ffff", "Private")]
    [InlineData("fd00:ec2::", "Refused")]
    [InlineData("fd00:ec2::254", "Refused")]
    [InlineData("fd00:ec2:ffff:ffff:ffff:ffff:ffff:ffff", "Refused")]
    [InlineData("fd00:ec3::", "Private")]
    [InlineData("fd01:ec2::254", "Private")]
    [InlineData("fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Private")]
    [InlineData("fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Open")]
    [InlineData("fe80::", "Refused")]
    [InlineData("fe80::1%1", "Refused")]
    [InlineData("febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Refused")]
    [InlineData("fec0::", "Private")]
    [InlineData("feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Private")]
    [InlineData("ff00::", "Refused")]
    [InlineData("ff02::1", "Refused")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "Refused")]
    public void IPv6(string address, string kind) => Assert.Equal(kind, KindOf(address));

    /// <summary>The IPv4 address as <c>aabb:ccdd</c> in the place of <c>*</c>.</summary>
    public static readonly MatrixTheoryData<string, (string V4, string Kind)> Embedded = new(
        ["::*", "::ffff:*", "::ffff:0:*", "64:ff9b::*", "2002:*::", "2002:*:1:2:3:4:5", "2600:1f18::5efe:*", "2600:1f18::200:5efe:*", "::5efe:*"],
        [
            ("0000:0000", "Refused"),
            ("0000:0002", "Refused"),
            ("00ff:ffff", "Refused"),
            ("0100:0000", "Open"),
            ("09ff:ffff", "Open"),
            ("0a00:0000", "Private"),
            ("0aff:ffff", "Private"),
            ("0b00:0000", "Open"),
            ("6440:0000", "Private"),
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
            ("ac10:0000", "Private"),
            ("ac1f:ffff", "Private"),
            ("c000:0201", "Private"),
            ("c0a8:0000", "Private"),
            ("c0a8:ffff", "Private"),
            ("c0a9:0000", "Open"),
            ("dfff:ffff", "Open"),
            ("e000:0000", "Refused"),
            ("ffff:ffff", "Refused"),
        ]);

    [Theory, MemberData(nameof(Embedded))]
    public void IPv4_inside_IPv6(string form, (string V4, string Kind) given) =>
        Assert.Equal(given.Kind, KindOf(form.Replace("*", given.V4, StringComparison.Ordinal)));

    [Theory]
    [InlineData("::fffe:7f00:1", "Open")]
    [InlineData("::1:7f00:1", "Open")]
    [InlineData("::fffe:0:7f00:1", "Open")]
    [InlineData("::ffff:1:7f00:1", "Open")]
    [InlineData("1::ffff:0:7f00:1", "Open")]
    [InlineData("2600:1f18::5eff:7f00:1", "Open")]
    [InlineData("2600:1f18::300:5efe:7f00:1", "Open")]
    [InlineData("fe80::5efe:8.8.8.8", "Refused")]
    [InlineData("fd00::5efe:8.8.8.8", "Private")]
    [InlineData("fd12:3456:789a:1:0:5efe:127.0.0.1", "Loopback")]
    [InlineData("fd12:3456:789a:1:200:5efe:a9fe:a9fe", "Refused")]
    [InlineData("::ffff:0:0:127.0.0.1", "Loopback")]
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

        Assert.Equal(
            (without, with), (new AddressGuard(allowLoopback: false).Allows(address), new AddressGuard(allowLoopback: true).Allows(address)));
    }

    [Theory]
    [InlineData("10.0.0.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::10.0.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("2600:1f18::1", true)]
    public void Without_private_networks_only_the_internet_is_left(string text, bool allowed) =>
        Assert.Equal(allowed, new AddressGuard(allowLoopback: false).WithoutPrivate.Allows(IPAddress.Parse(text)));

    [Fact]
    public void Loopback_stays_as_it_was_set_without_private_networks() =>
        Assert.True(new AddressGuard(allowLoopback: true).WithoutPrivate.Allows(IPAddress.Loopback));

    private static string KindOf(string address) => AddressGuard.KindOf(IPAddress.Parse(address)).ToString();
}
