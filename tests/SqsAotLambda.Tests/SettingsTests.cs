using SqsAotLambda.Logging;
using SqsAotLambda.Requests;
using SqsAotLambda.Settings;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.ParsedSettings;

namespace SqsAotLambda.Tests;

/// <summary>What settings are there, and how their faults are told.</summary>
public sealed class SettingsTests
{
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
        Assert.True(settings.Routes[^1].Resend);
        Assert.False(settings.AllowLoopback);
        Assert.Equal(TimeSpan.FromSeconds(3), settings.ConnectTimeout);
        Assert.Equal(10, settings.Concurrency);
        Assert.Null(settings.GroupConcurrency);
        Assert.True(settings.Pace);
        Assert.True(settings.Suspect);
        Assert.False(settings.Routes[^1].Statuses.HeedsDisposition);
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
            ["FORWARD_RESEND"] = "off",
            ["FORWARD_CONCURRENCY"] = "7",
            ["FORWARD_GROUP_CONCURRENCY"] = "3",
            ["FORWARD_PACE"] = "off",
            ["FORWARD_SUSPECT"] = "off",
            ["FORWARD_DISPOSITION"] = "on",
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
        Assert.False(settings.Routes[^1].Resend);
        Assert.True(settings.AllowLoopback);
        Assert.Equal(TimeSpan.FromMilliseconds(250), settings.ConnectTimeout);
        Assert.Equal(7, settings.Concurrency);
        Assert.Equal(3, settings.GroupConcurrency);
        Assert.False(settings.Pace);
        Assert.False(settings.Suspect);
        Assert.True(settings.Routes[^1].Statuses.HeedsDisposition);
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
    [InlineData("on", 5, "https://sqs.eu-west-1.amazonaws.com/1/dead")]
    [InlineData("off", null, null)]
    public void Without_dead_letters_no_receive_is_the_last_and_nothing_is_copied(string setting, int? last, string? queue)
    {
        var settings = Parse(
            ("FORWARD_DEAD_LETTERS", setting),
            ("FORWARD_MAX_RECEIVE_COUNT", "5"),
            ("FORWARD_DLQ_URL", "https://sqs.eu-west-1.amazonaws.com/1/dead"));

        Assert.Equal((last, last, queue), (settings.MaxReceiveCount, settings.Backoff.MaxReceiveCount, settings.DeadLetterQueue?.ToString()));
    }

    [Theory]
    [InlineData("FORWARD_ALLOW_HTTP")]
    [InlineData("FORWARD_ALLOW_LOOPBACK")]
    [InlineData("FORWARD_METHOD")]
    [InlineData("FORWARD_TIMEOUT")]
    [InlineData("FORWARD_CONNECT_TIMEOUT")]
    [InlineData("FORWARD_CONCURRENCY")]
    [InlineData("FORWARD_GROUP_CONCURRENCY")]
    [InlineData("FORWARD_PACE")]
    [InlineData("FORWARD_SUSPECT")]
    [InlineData("FORWARD_DISPOSITION")]
    [InlineData("FORWARD_DEAD_LETTERS")]
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
    [InlineData("FORWARD_GROUP_CONCURRENCY", "0", "FORWARD_GROUP_CONCURRENCY=0 is not allowed; it takes a whole number from 1 to 1000.")]
    [InlineData("FORWARD_PACE", "true", "FORWARD_PACE=true is not allowed; it takes on, off.")]
    [InlineData("FORWARD_SUSPECT", "no", "FORWARD_SUSPECT=no is not allowed; it takes on, off.")]
    [InlineData("FORWARD_DISPOSITION", "true", "FORWARD_DISPOSITION=true is not allowed; it takes off, on.")]
    [InlineData("FORWARD_DEAD_LETTERS", "false", "FORWARD_DEAD_LETTERS=false is not allowed; it takes on, off.")]
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

    /// <summary>Two sources made of the same text are not equal, so that they would make settings differ.</summary>
    private static FunctionSettings Comparable(FunctionSettings settings)
    {
        Assert.Equal("the-id", settings.Requests.IdempotencySource.KeyOf(Given.Message("the-id")));
        Assert.True(settings.Routes[^1].Statuses.Success.Contains(200));
        Assert.Equal(8000, settings.Requests.Limit.Max);
        return settings with { Requests = settings.Requests with { IdempotencySource = NoSource, Limit = NoLimit }, Routes = [] };
    }
}
