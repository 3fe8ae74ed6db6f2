using SqsAotLambda.Settings;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.ParsedSettings;

namespace SqsAotLambda.Tests;

/// <summary>URLs of settings: which are taken, and how little of a wrong one is shown.</summary>
public sealed class UrlSettingTests
{
    private const string Hidden = "s3cret";

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("https://example.com/")]
    [InlineData("https://example.com:8443/a%20b/c?d=e%26f&g")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://[fd12::1]:8443/")]
    public void An_https_URL_is_taken(string url) => Assert.Equal(new Uri(url), UrlOf(Parse(("FORWARD_URL", url))));

    [Theory(Timeout = 30_000)]
    [InlineData("https://example.com/{messageId}", "https://example.com/the-id")]
    [InlineData("https://example.com:8443/v1/{attribute:tenant}?id={body:/id}", "https://example.com:8443/v1/a%2Fb?id=7")]
    [InlineData("https://example.com?q={queue}", "https://example.com/?q=orders")]
    [InlineData("https://example.com/{{a}}", "https://example.com/%7Ba%7D")]
    public async Task Expressions_in_path_and_query_are_filled(string url, string sent)
    {
        var message = Given.Message("the-id", """{"id":7}""") with { Attributes = [new("tenant", "String", "a/b")] };

        var request = await Given.RequestAsync(Parse(("FORWARD_URL", url)), message);

        Assert.Equal(sent, request?.Url.AbsoluteUri);
    }

    [Theory]
    [InlineData("https://{queue}.example.com/")]
    [InlineData("https://example.com{queue}/")]
    [InlineData("{queue}")]
    [InlineData("https://example.com/{queue}#s3cret")]
    [InlineData("https://example.com/../{queue}")]
    public void Expressions_elsewhere_are_refused(string url) => Assert.Equal(
        [
            "FORWARD_URL is not an absolute https URL without user name, password or fragment, with expressions in path and query only, and at no "
                + "address that is refused.",
        ],
        Faults(("FORWARD_URL", url)));

    [Theory]
    [InlineData("https://example.com/{body.id}")]
    [InlineData("https://example.com/{id")]
    [InlineData("https://example.com/id}?s3cret")]
    [InlineData("https://example.com/{}")]
    public void What_is_no_expression_is_refused(string url) => Assert.Equal(
        [
            "FORWARD_URL is not a text whose expressions in braces are messageId, groupId, queue, receiveCount, attribute:NAME or "
                + "body:/json/pointer, and {{ and }} for a brace.",
        ],
        Faults(("FORWARD_URL", url)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_URL_is_required(string? url)
    {
        var environment = new Dictionary<string, string>();
        if (url is not null) environment.Add("FORWARD_URL", url);

        var thrown = Assert.Throws<InvalidSettingsException>(() => FunctionSettings.Parse(environment));

        Assert.Equal(["FORWARD_URL is missing; it takes an absolute https URL without user name, password or fragment."], thrown.Faults);
    }

    [Fact]
    public void Plain_http_is_refused_unless_it_is_allowed()
    {
        var fault = Assert.Single(Faults(("FORWARD_URL", "http://example.com/hook")));
        var settings = Parse(("FORWARD_URL", "http://example.com/hook"), ("FORWARD_ALLOW_HTTP", "true"));

        Assert.Equal(
            "FORWARD_URL=http://example.com/hook is not an absolute https URL without user name, password or fragment. FORWARD_ALLOW_HTTP=true "
                + "allows plain http.",
            fault);
        Assert.Equal("http", UrlOf(settings).Scheme);
    }

    [Theory]
    [InlineData("https://localhost/hook")]
    [InlineData("https://localhost:8443/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.1.2.3:8443/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::ffff:0:127.0.0.1]/")]
    [InlineData("https://localhost./")]
    [InlineData("https://a.localhost/hook")]
    [InlineData("https://a.localhost.:8443/")]
    public void Loopback_is_refused_unless_it_is_allowed(string url)
    {
        var fault = Assert.Single(Faults(("FORWARD_URL", url)));
        var settings = Parse(("FORWARD_URL", url), ("FORWARD_ALLOW_LOOPBACK", "true"));

        Assert.Equal(
            $"FORWARD_URL={new Uri(url)} is at an address that is refused (loopback, link-local, metadata, unspecified, multicast or reserved); "
                + "FORWARD_ALLOW_LOOPBACK=true allows loopback.",
            fault);
        Assert.Equal(new Uri(url), UrlOf(settings));
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public void No_setting_allows_a_metadata_address(string allowLoopback) =>
        Assert.Equal(
            ["FORWARD_URL=https://169.254.169.254/hook is at an address that is refused (loopback, link-local, metadata, unspecified, multicast or "
                + "reserved)."],
            Faults(("FORWARD_URL", "https://169.254.169.254/hook?token=s3cret"), ("FORWARD_ALLOW_LOOPBACK", allowLoopback)));

    [Fact]
    public void Plain_http_to_loopback_is_two_faults() =>
        Assert.Equal(
            [
                "FORWARD_URL=http://localhost/ is not an absolute https URL without user name, password or fragment. FORWARD_ALLOW_HTTP=true "
                    + "allows plain http.",
                "FORWARD_URL=http://localhost/ is at an address that is refused (loopback, link-local, metadata, unspecified, multicast or "
                    + "reserved); FORWARD_ALLOW_LOOPBACK=true allows loopback.",
            ],
            Faults(("FORWARD_URL", "http://localhost/")));

    [Theory]
    [InlineData("true", "http or https")]
    [InlineData("false", "https")]
    public void Another_scheme_is_refused(string allowHttp, string schemes) =>
        Assert.Equal(
            [$"FORWARD_URL is not an absolute {schemes} URL without user name, password or fragment."],
            Faults(("FORWARD_URL", "ftp://example.com/hook"), ("FORWARD_ALLOW_HTTP", allowHttp)));

    [Theory]
    [InlineData("https://s3cret@example.com/hook")]
    [InlineData("https://user:s3cret@example.com/hook")]
    [InlineData("https://:s3cret@example.com/hook")]
    [InlineData("https://example.com/hook#s3cret")]
    [InlineData("https://user@example.com/hook?token=s3cret")]
    [InlineData("https://example.com/hook?token=s3cret#")]
    public void User_name_password_and_fragment_are_refused_and_not_shown(string url) =>
        Assert.Equal(
            ["FORWARD_URL=https://example.com/hook is not an absolute https URL without user name, password or fragment."],
            Faults(("FORWARD_URL", url)));

    [Theory]
    [InlineData("http://example.com/hook?token=s3cret")]
    [InlineData("ftp://example.com/hook?token=s3cret")]
    [InlineData("https://user@example.com/hook?token=s3cret")]
    public void The_query_of_a_URL_is_never_shown(string url) =>
        Assert.DoesNotContain(Hidden, Assert.Single(Faults(("FORWARD_URL", url))), StringComparison.Ordinal);

    [Theory]
    [InlineData("s3cret")]
    [InlineData("/hook?token=s3cret")]
    [InlineData("//example.com/s3cret")]
    [InlineData("example.com/s3cret")]
    [InlineData("https:s3cret")]
    [InlineData("https:///s3cret")]
    [InlineData("https://exa mple.com/s3cret")]
    [InlineData("https://example.com:99999/s3cret")]
    [InlineData("file:///s3cret")]
    [InlineData("mailto:s3cret@example.com")]
    public void What_is_not_a_web_URL_is_refused_and_not_shown(string url) =>
        Assert.Equal(["FORWARD_URL is not an absolute https URL without user name, password or fragment."], Faults(("FORWARD_URL", url)));

    [Theory]
    [InlineData("https://sqs.us-east-1.amazonaws.com/123456789012/dead")]
    [InlineData("http://localhost:9324/")]
    public void A_URL_of_AWS_may_be_http_or_https(string url)
    {
        var settings = Parse(
            ("FORWARD_DLQ_URL", url),
            ("AWS_ENDPOINT_URL_SQS", url),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", $"{url}1"),
            ("AWS_ENDPOINT_URL_SSM", $"{url}2"));

        Assert.Equal((new(url), new(url)), (settings.DeadLetterQueue, settings.SqsEndpoint));
        Assert.Equal((new($"{url}1"), new($"{url}2")), (settings.SecretsManagerEndpoint, settings.ParameterStoreEndpoint));
    }

    [Theory]
    [InlineData("https://example.com/dead?token=s3cret", "=https://example.com/dead")]
    [InlineData("https://example.com:8443/dead#s3cret", "=https://example.com:8443/dead")]
    [InlineData("http://user:s3cret@example.com/dead", "=http://example.com/dead")]
    [InlineData("ftp://example.com/s3cret", "")]
    [InlineData("/dead?s3cret", "")]
    [InlineData("s3cret", "")]
    public void Of_a_wrong_URL_of_AWS_only_scheme_host_and_path_are_shown(string url, string shown)
    {
        foreach (var name in new[] { "FORWARD_DLQ_URL", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL_SSM" })
            Assert.Equal(
                [$"{name}{shown} is not an absolute http or https URL without user name, password, query or fragment."], Faults((name, url)));
    }
}
