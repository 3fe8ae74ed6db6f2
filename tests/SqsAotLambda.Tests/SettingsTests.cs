using SqsAotLambda.Logging;
using SqsAotLambda.Reading;
using SqsAotLambda.Requests;
using SqsAotLambda.Settings;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

public sealed class SettingsTests
{
    private const string Url = "https://example.com/hook";

    private const string Hidden = "s3cret";


    private static readonly IdempotencySource NoSource = new(_ => null);
    private static readonly HeaderLimit NoLimit = new(1, "");

    [Fact]
    public void An_endpoint_is_all_that_is_needed()
    {
        var settings = Parse();

        Assert.Equal(new Uri(Url), UrlOf(settings));
        Assert.Equal("POST", settings.Routes[^1].Method);
        Assert.Equal(TimeSpan.FromSeconds(15), settings.Routes[^1].Timeout);
        Assert.False(settings.AllowLoopback);
        Assert.Equal(TimeSpan.FromSeconds(3), settings.ConnectTimeout);
        Assert.Equal(10, settings.Concurrency);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), settings.DeadlineMargin);
        Assert.Equal("application/json", settings.Requests.ContentType);
        Assert.Equal(new(Sqsd: true, CloudEvents: false), settings.Requests.Headers);
        Assert.Equal("com.amazon.sqs.message", settings.Requests.CloudEventsType);
        Assert.Matches(@"^SqsAotLambda/\d+\.\d+\.\d+$", settings.Requests.UserAgent);
        Assert.Equal(8000, settings.Requests.Limit.Max);
        Assert.Equal("Idempotency-Key", settings.Requests.IdempotencyHeader);
        Assert.Equal("the-id", settings.Requests.IdempotencySource.KeyOf(Given.Message("the-id")));
        Assert.Equal(LogLevel.Info, settings.LogLevel);
    }

    [Fact]
    public void Every_setting_can_be_given()
    {
        var settings = FunctionSettings.Parse(new Dictionary<string, string>
        {
            ["FORWARD_URL"] = "http://user.example:8080/a/b?c=d",
            ["FORWARD_ALLOW_HTTP"] = "true",
            ["FORWARD_ALLOW_LOOPBACK"] = "true",
            ["FORWARD_METHOD"] = "PUT",
            ["FORWARD_TIMEOUT"] = "20s",
            ["FORWARD_CONNECT_TIMEOUT"] = "250ms",
            ["FORWARD_CONCURRENCY"] = "7",
            ["FORWARD_DEADLINE_MARGIN"] = "2s",
            ["FORWARD_CONTENT_TYPE"] = "text/plain; charset=utf-8",
            ["FORWARD_HEADERS"] = "none",
            ["FORWARD_CLOUDEVENTS_TYPE"] = "com.example.order",
            ["FORWARD_USER_AGENT"] = "Mine/1 (it's mine)",
            ["FORWARD_IDEMPOTENCY_HEADER"] = "X-Key",
            ["FORWARD_IDEMPOTENCY_SOURCE"] = "attribute:key",
            ["AWS_LAMBDA_LOG_LEVEL"] = "DEBUG",
        });

        Assert.Equal("http://user.example:8080/a/b?c=d", UrlOf(settings).ToString());
        Assert.Equal("PUT", settings.Routes[^1].Method);
        Assert.Equal(TimeSpan.FromSeconds(20), settings.Routes[^1].Timeout);
        Assert.True(settings.AllowLoopback);
        Assert.Equal(TimeSpan.FromMilliseconds(250), settings.ConnectTimeout);
        Assert.Equal(7, settings.Concurrency);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.DeadlineMargin);
        Assert.Equal("text/plain; charset=utf-8", settings.Requests.ContentType);
        Assert.Equal(new(Sqsd: false, CloudEvents: false), settings.Requests.Headers);
        Assert.Equal("com.example.order", settings.Requests.CloudEventsType);
        Assert.Equal("Mine/1 (it's mine)", settings.Requests.UserAgent);
        Assert.Equal("X-Key", settings.Requests.IdempotencyHeader);
        Assert.Equal("v", settings.Requests.IdempotencySource.KeyOf(Given.Message() with { Attributes = [new("key", "String", "v")] }));
        Assert.Equal(LogLevel.Debug, settings.LogLevel);
    }

    [Theory]
    [InlineData("FORWARD_ALLOW_HTTP")]
    [InlineData("FORWARD_ALLOW_LOOPBACK")]
    [InlineData("FORWARD_METHOD")]
    [InlineData("FORWARD_TIMEOUT")]
    [InlineData("FORWARD_CONNECT_TIMEOUT")]
    [InlineData("FORWARD_CONCURRENCY")]
    [InlineData("FORWARD_DEADLINE_MARGIN")]
    [InlineData("FORWARD_CONTENT_TYPE")]
    [InlineData("FORWARD_HEADERS")]
    [InlineData("FORWARD_CLOUDEVENTS_TYPE")]
    [InlineData("FORWARD_USER_AGENT")]
    [InlineData("FORWARD_IDEMPOTENCY_HEADER")]
    [InlineData("FORWARD_IDEMPOTENCY_SOURCE")]
    [InlineData("AWS_LAMBDA_LOG_LEVEL")]
    [InlineData("AWS_LAMBDA_MAX_CONCURRENCY")]
    public void An_empty_variable_counts_as_absent(string name) =>
        Assert.Equal(Comparable(Parse()), Comparable(Parse((name, ""))));

    [Fact]
    public void Other_variables_do_not_matter() =>
        Assert.Equal(
            Comparable(Parse()),
            Comparable(Parse(("PATH", "/bin"), ("AWS_REGION", "us-east-1"), ("forward_method", "PUT"), ("XFORWARD_METHOD", "PUT"))));

    [Theory]
    [InlineData("FORWARD_ALLOW_HTTP", "yes", "FORWARD_ALLOW_HTTP=yes is not allowed; it takes false, true.")]
    [InlineData("FORWARD_ALLOW_HTTP", "True", "FORWARD_ALLOW_HTTP=True is not allowed; it takes false, true.")]
    [InlineData("FORWARD_ALLOW_LOOPBACK", "yes", "FORWARD_ALLOW_LOOPBACK=yes is not allowed; it takes false, true.")]
    [InlineData("FORWARD_METHOD", "GET", "FORWARD_METHOD=GET is not allowed; it takes POST, PUT, PATCH.")]
    [InlineData("FORWARD_METHOD", "post", "FORWARD_METHOD=post is not allowed; it takes POST, PUT, PATCH.")]
    [InlineData("FORWARD_TIMEOUT", "15", "FORWARD_TIMEOUT=15 is not allowed; it takes a whole number with its unit (ms, s, m or h) from 1ms to 15m.")]
    [InlineData(
        "FORWARD_CONNECT_TIMEOUT",
        "0s",
        "FORWARD_CONNECT_TIMEOUT=0s is not allowed; it takes a whole number with its unit (ms, s, m or h) from 1ms to 15m.")]
    [InlineData("FORWARD_CONCURRENCY", "many", "FORWARD_CONCURRENCY=many is not allowed; it takes a whole number from 1 to 1000.")]
    [InlineData(
        "FORWARD_DEADLINE_MARGIN",
        "499ms",
        "FORWARD_DEADLINE_MARGIN=499ms is not allowed; it takes a whole number with its unit (ms, s, m or h) from 500ms to 1m.")]
    [InlineData("FORWARD_CONTENT_TYPE", "json", "FORWARD_CONTENT_TYPE=json is not allowed; it takes a media type such as application/json.")]
    [InlineData("FORWARD_HEADERS", "all", "FORWARD_HEADERS=all is not allowed; it takes none, sqsd, cloudevents or sqsd,cloudevents.")]
    [InlineData(
        "FORWARD_CLOUDEVENTS_TYPE",
        "an order",
        "FORWARD_CLOUDEVENTS_TYPE=an order is not allowed; it takes printable ASCII without spaces, \" and %, such as com.example.order.")]
    [InlineData("FORWARD_USER_AGENT", "M\u00efne", "FORWARD_USER_AGENT=M\u00efne is not allowed; it takes printable ASCII.")]
    [InlineData(
        "FORWARD_IDEMPOTENCY_HEADER",
        "My Key",
        "FORWARD_IDEMPOTENCY_HEADER=My Key is not allowed; it takes a header name that no other part of the request uses.")]
    [InlineData(
        "FORWARD_IDEMPOTENCY_SOURCE",
        "body",
        "FORWARD_IDEMPOTENCY_SOURCE=body is not allowed; it takes messageId, deduplicationId, attribute:NAME or body:/json/pointer.")]
    [InlineData("AWS_LAMBDA_LOG_LEVEL", "LOUD", "AWS_LAMBDA_LOG_LEVEL=LOUD is not allowed; it takes INFO, TRACE, DEBUG, WARN, ERROR, FATAL.")]
    public void A_fault_names_the_setting_its_value_and_what_is_allowed(string name, string value, string fault) =>
        Assert.Equal([fault], Faults((name, value)));

    [Fact]
    public void All_faults_are_told_at_once()
    {
        (string, string)[] environment =
        [
            ("FORWARD_URL", "nowhere"),
            ("FORWARD_ALLOW_HTTP", "?"),
            ("FORWARD_ALLOW_LOOPBACK", "?"),
            ("FORWARD_METHOD", "?"),
            ("FORWARD_TIMEOUT", "?"),
            ("FORWARD_CONNECT_TIMEOUT", "?"),
            ("FORWARD_CONCURRENCY", "?"),
            ("FORWARD_DEADLINE_MARGIN", "?"),
            ("FORWARD_CONTENT_TYPE", "?"),
            ("FORWARD_HEADERS", "?"),
            ("FORWARD_CLOUDEVENTS_TYPE", "%"),
            ("FORWARD_USER_AGENT", "\n"),
            ("FORWARD_IDEMPOTENCY_HEADER", "?"),
            ("FORWARD_IDEMPOTENCY_SOURCE", "?"),
            ("AWS_LAMBDA_LOG_LEVEL", "?"),
            ("AWS_LAMBDA_MAX_CONCURRENCY", "?"),
            ("FORWARD_A", "?"),
            ("FORWARD_B", "?"),
        ];

        var faults = Faults(environment);

        Assert.Equal(environment.Select(each => each.Item1).Order(), faults.Select(fault => fault.Split('=', ' ')[0]).Order());
    }

    [Fact]
    public void The_exception_tells_all_faults_in_its_message()
    {
        var thrown = Assert.Throws<InvalidSettingsException>(() => Parse(("FORWARD_CONCURRENCY", "0"), ("FORWARD_HEADERS", "all")));

        Assert.Equal(
            "FORWARD_CONCURRENCY=0 is not allowed; it takes a whole number from 1 to 1000. FORWARD_HEADERS=all is not allowed; it takes none, sqsd,"
                + " cloudevents or sqsd,cloudevents.",
            thrown.Message);
    }

    [Fact]
    public void A_long_value_is_shown_in_part()
    {
        var fault = Assert.Single(Faults(("FORWARD_METHOD", new string('x', 100) + "y")));

        Assert.StartsWith($"FORWARD_METHOD={new string('x', 100)}… is not allowed", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FORWARD_URl")]
    [InlineData("FORWARD_")]
    [InlineData("FORWARD_TOKEN")]
    public void An_unknown_setting_is_refused_without_its_value(string name)
    {
        var fault = Assert.Single(Faults((name, Hidden)));

        Assert.StartsWith(
            $"{name} is not a setting; the names that begin with FORWARD_ are FORWARD_ALLOW_HTTP, FORWARD_ALLOW_LOOPBACK, ",
            fault,
            StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("AWS_", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_runs_invocations_at_once_is_refused() =>
        Assert.Equal(
            ["AWS_LAMBDA_MAX_CONCURRENCY is set: Lambda Managed Instances run several invocations at once, which is not supported yet."],
            Faults(("AWS_LAMBDA_MAX_CONCURRENCY", "4")));

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("https://example.com/")]
    [InlineData("https://example.com:8443/a%20b/c?d=e%26f&g")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://[fd12::1]:8443/")]
    public void An_https_URL_is_taken(string url) => Assert.Equal(new Uri(url), UrlOf(Parse(("FORWARD_URL", url))));

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

    [Theory]
    [InlineData("1ms", 1)]
    [InlineData("1500ms", 1500)]
    [InlineData("15s", 15_000)]
    [InlineData("015s", 15_000)]
    [InlineData("5m", 300_000)]
    [InlineData("15m", 900_000)]
    [InlineData("900s", 900_000)]
    [InlineData("900000ms", 900_000)]
    public void A_duration_is_a_whole_number_with_its_unit(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Parse(("FORWARD_TIMEOUT", text)).Routes[^1].Timeout);

    [Fact]
    public void A_duration_may_be_in_hours()
    {
        var read = new Variables(new Dictionary<string, string> { ["A"] = "2h" });

        var duration = read.Duration("A", "1s", min: "1s", max: "12h");

        Assert.Empty(read.Faults);
        Assert.Equal(TimeSpan.FromHours(2), duration);
    }

    [Theory]
    [InlineData("15")]
    [InlineData("1.5s")]
    [InlineData("1,5s")]
    [InlineData("-1s")]
    [InlineData("+1s")]
    [InlineData("15 s")]
    [InlineData(" 15s")]
    [InlineData("15s ")]
    [InlineData(" ")]
    [InlineData("s")]
    [InlineData("15S")]
    [InlineData("15sec")]
    [InlineData("1m30s")]
    [InlineData("00:00:15")]
    [InlineData("1d")]
    [InlineData("\u0661s")]
    [InlineData("0ms")]
    [InlineData("900001ms")]
    [InlineData("901s")]
    [InlineData("16m")]
    [InlineData("1h")]
    [InlineData("99999999h")]
    [InlineData("100000000h")]
    [InlineData("2147483647h")]
    [InlineData("2147483647m")]
    [InlineData("99999999999999999999h")]
    public void Any_other_duration_is_refused(string text)
    {
        var fault = Assert.Single(Faults(("FORWARD_TIMEOUT", text)));

        Assert.StartsWith($"FORWARD_TIMEOUT={text} is not allowed; it takes ", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("1m", 60_000)]
    public void A_deadline_margin_is_taken_up_to_its_bounds(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Parse(("FORWARD_DEADLINE_MARGIN", text)).DeadlineMargin);

    [Theory]
    [InlineData("499ms")]
    [InlineData("60001ms")]
    public void A_deadline_margin_out_of_its_bounds_is_refused(string text) => Assert.Single(Faults(("FORWARD_DEADLINE_MARGIN", text)));

    [Theory]
    [InlineData("1", 1)]
    [InlineData("1000", 1000)]
    [InlineData("007", 7)]
    public void A_concurrency_is_taken_up_to_its_bounds(string text, int concurrency) =>
        Assert.Equal(concurrency, Parse(("FORWARD_CONCURRENCY", text)).Concurrency);

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("1e2")]
    [InlineData("0x10")]
    [InlineData(" 1")]
    [InlineData("99999999999999999999")]
    public void Any_other_concurrency_is_refused(string text) => Assert.Single(Faults(("FORWARD_CONCURRENCY", text)));

    [Theory]
    [InlineData("1000", 1000)]
    [InlineData("64000", 64_000)]
    public void The_length_of_a_header_is_taken_up_to_its_bounds(string text, int bytes) =>
        Assert.Equal(bytes, Parse(("FORWARD_MAX_HEADER", text)).Requests.Limit.Max);

    [Theory]
    [InlineData("999")]
    [InlineData("64001")]
    [InlineData("8kB")]
    public void Any_other_length_of_a_header_is_refused(string text) => Assert.Equal(
        [$"FORWARD_MAX_HEADER={text} is not allowed; it takes a whole number from 1000 to 64000."], Faults(("FORWARD_MAX_HEADER", text)));

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public void Methods_that_are_taken(string method) => Assert.Equal(method, Parse(("FORWARD_METHOD", method)).Routes[^1].Method);

    [Theory]
    [InlineData("application/cloudevents+json")]
    [InlineData("text/plain; charset=utf-8")]
    public void Content_types_that_are_taken(string type) => Assert.Equal(type, Parse(("FORWARD_CONTENT_TYPE", type)).Requests.ContentType);

    [Theory]
    [InlineData("json")]
    [InlineData("application/")]
    [InlineData("application/json\r\nX: y")]
    [InlineData("application/json; a=\"\u00e9\"")]
    [InlineData("application/json, text/plain")]
    public void Content_types_that_are_refused(string type) => Assert.Single(Faults(("FORWARD_CONTENT_TYPE", type)));

    [Theory]
    [InlineData("none", false, false)]
    [InlineData("sqsd", true, false)]
    [InlineData("cloudevents", false, true)]
    [InlineData("sqsd,cloudevents", true, true)]
    [InlineData("cloudevents, sqsd", true, true)]
    public void Dialects_of_headers_add_up(string text, bool sqsd, bool cloudEvents) =>
        Assert.Equal(new(sqsd, cloudEvents), Parse(("FORWARD_HEADERS", text)).Requests.Headers);

    [Theory]
    [InlineData("none,sqsd")]
    [InlineData("sqsd,")]
    [InlineData(",")]
    [InlineData(" ")]
    [InlineData("sqsd cloudevents")]
    [InlineData("CloudEvents")]
    public void Any_other_list_of_dialects_is_refused(string text) => Assert.Single(Faults(("FORWARD_HEADERS", text)));

    [Theory]
    [InlineData("a b")]
    [InlineData("\"a\"")]
    [InlineData("100%25")]
    [InlineData("\u00e9")]
    [InlineData("a\r\nX: y")]
    public void A_type_of_events_that_would_have_to_be_encoded_is_refused(string type) => Assert.Single(Faults(("FORWARD_CLOUDEVENTS_TYPE", type)));

    [Theory]
    [InlineData("a\r\nX: y")]
    [InlineData("a\tb")]
    [InlineData("a\u007f")]
    [InlineData("\u2603")]
    public void A_user_agent_of_other_than_printable_ASCII_is_refused(string agent) => Assert.Single(Faults(("FORWARD_USER_AGENT", agent)));

    [Theory]
    [InlineData("X-Key")]
    [InlineData("x_key.1")]
    [InlineData("!#$%&'*+-.^_`|~09azAZ")]
    public void A_token_is_a_header_name(string name) => Assert.Equal(name, Parse(("FORWARD_IDEMPOTENCY_HEADER", name)).Requests.IdempotencyHeader);

    [Theory]
    [InlineData("Connection")]
    [InlineData("Content-Length")]
    [InlineData("Content-MD5")]
    [InlineData("Content-Type")]
    [InlineData("Expires")]
    [InlineData("X-Aws-Sqsd-Msgid")]
    [InlineData("CE-Id")]
    [InlineData("traceparent")]
    [InlineData("x-amzn-trace-id")]
    [InlineData("Expect")]
    [InlineData("Host")]
    [InlineData("Keep-Alive")]
    [InlineData("Proxy-Authenticate")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Proxy-Connection")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Upgrade")]
    [InlineData("User-Agent")]
    [InlineData("cOnNeCtIoN")]
    [InlineData("X Key")]
    [InlineData("X-Key:")]
    [InlineData("X-Key\r\n")]
    [InlineData("X-K\u00e9y")]
    [InlineData(" ")]
    public void A_header_of_HTTPs_own_or_no_token_is_refused_for_the_idempotency_key(string name) =>
        Assert.Single(Faults(("FORWARD_IDEMPOTENCY_HEADER", name)));

    [Theory]
    [InlineData("messageId", "the-id")]
    [InlineData("deduplicationId", "the-deduplication-id")]
    [InlineData("attribute:key", "the-attribute")]
    [InlineData("attribute:absent", "the-id")]
    [InlineData("body:/order/id", "42")]
    [InlineData("body:/absent", "the-id")]
    public void An_idempotency_key_comes_from_its_source_or_else_from_the_message_id(string source, string key)
    {
        var message = Given.Message("the-id", """{"order":{"id":42}}""") with
        {
            DeduplicationId = "the-deduplication-id",
            Attributes = [new("key", "String", "the-attribute")],
        };

        var settings = Parse(("FORWARD_IDEMPOTENCY_SOURCE", source));

        Assert.Equal(key, settings.Requests.IdempotencySource.KeyOf(message));
    }

    [Theory]
    [InlineData("messageid")]
    [InlineData("attribute")]
    [InlineData("attribute:")]
    [InlineData("body")]
    [InlineData("body:order")]
    [InlineData("body:/a~2b")]
    [InlineData("header:X")]
    public void Any_other_idempotency_source_is_refused(string source) => Assert.Single(Faults(("FORWARD_IDEMPOTENCY_SOURCE", source)));

    [Theory]
    [InlineData("TRACE", "Trace")]
    [InlineData("DEBUG", "Debug")]
    [InlineData("INFO", "Info")]
    [InlineData("WARN", "Warn")]
    [InlineData("ERROR", "Error")]
    [InlineData("FATAL", "Fatal")]
    public void Log_levels_have_Lambdas_names(string name, string level) =>
        Assert.Equal(level, Parse(("AWS_LAMBDA_LOG_LEVEL", name)).LogLevel.ToString());

    [Theory]
    [InlineData("info")]
    [InlineData("0")]
    [InlineData("INFO, WARN")]
    [InlineData("INFO ")]
    public void Any_other_log_level_is_refused(string name) => Assert.Single(Faults(("AWS_LAMBDA_LOG_LEVEL", name)));

    /// <summary>Settings with an endpoint, unless another is given.</summary>
    private static FunctionSettings Parse(params (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(each => each.Name, each => each.Value);
        variables.TryAdd("FORWARD_URL", Url);
        return FunctionSettings.Parse(variables);
    }

    private static Uri UrlOf(FunctionSettings settings)
    {
        Assert.True(settings.Routes[^1].Url!.TryFill(Given.Message(), out var url, out _));
        return url;
    }

    private static IReadOnlyList<string> Faults(params (string Name, string Value)[] environment) =>
        Assert.Throws<InvalidSettingsException>(() => Parse(environment)).Faults;

    /// <summary>Two sources made of the same text are not equal, so that they would make settings differ.</summary>
    private static FunctionSettings Comparable(FunctionSettings settings)
    {
        Assert.Equal("the-id", settings.Requests.IdempotencySource.KeyOf(Given.Message("the-id")));
        Assert.True(settings.Routes[^1].Statuses.Success.Contains(200));
        Assert.Equal(8000, settings.Requests.Limit.Max);
        return settings with { Requests = settings.Requests with { IdempotencySource = NoSource, Limit = NoLimit }, Routes = [] };
    }
}
