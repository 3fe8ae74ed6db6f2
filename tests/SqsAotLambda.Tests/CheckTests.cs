using SqsAotLambda.Commands;

namespace SqsAotLambda.Tests;

/// <summary>What <c>bootstrap check</c> tells.</summary>
public sealed class CheckTests : IDisposable
{
    /// <summary>The beginning of what is told.</summary>
    private const string Told =
        """
        Routes; the first that takes a message has it:
          orders: PUT https://orders.example.com/{body:/id}
            when {"attribute:type": "order"}
            timeout 5 s; sent once; headers X-A, X-B; a body of its own; auth api; sign hook
          async: as each message describes, PUT unless it says, to a path under https://v1.example.com/v1
        """
        + " or a url at api.example.com, [fd00::1]:8443\n"
        + """
            when {"attribute:type":"request"}
            timeout 15 s; messages may also set X-Tenant-*, Date; private networks allowed; auth api
          paths: as each message describes, POST unless it says, to a path under https://v2.example.com/v2
            when {"attribute:type":"path"}
            timeout 15 s
          urls: as each message describes, POST unless it says, to a url at api.example.com
            when {"attribute:type":"url"}
            timeout 15 s
          noise: dropped
            when {"attribute:type":"ping"}
          default: POST https://example.com/hook
            timeout 15 s

        Credentials and signatures:
          api: basic, env:PASSWORD
          hook: hmac-sha256 in X-Hub, env:PASSWORD

        Other settings:
          AWS_ENDPOINT_URL_SECRETS_MANAGER=

        """;

    private const string Routes =
        """
        [{"name":"orders","when":{"attribute:type": "order"},"url":"https://orders.example.com/{body:/id}?key=s3cret",
          "method":"PUT","headers":{"X-A":"1","X-B":"2"},"body":"{body:/a}","timeout":"5s","resend":false,"auth":"api","sign":"hook"},
         {"name":"async","when":{"attribute:type":"request"},"request":"message","url":"https://v1.example.com/v1",
          "allowedHosts":["API.example.com","[fd00::1]:8443"],"allowedHeaders":["X-Tenant-*","Date"],"allowPrivate":true,
          "method":"PUT","auth":"api"},
         {"name":"paths","when":{"attribute:type":"path"},"request":"message","url":"https://v2.example.com/v2"},
         {"name":"urls","when":{"attribute:type":"url"},"request":"message","allowedHosts":["api.example.com"]},
         {"name":"noise","when":{"attribute:type":"ping"},"drop":true}]
        """;

    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly StringWriter errors = new() { NewLine = "\n" };

    public void Dispose()
    {
        output.Dispose();
        errors.Dispose();
    }

    [Fact]
    public void It_tells_what_the_settings_amount_to_and_no_secret()
    {
        var status = Run(
            ("FORWARD_URL", "https://example.com/hook?key=s3cret"),
            ("FORWARD_ROUTES", Routes),
            (
                "FORWARD_AUTH",
                """{"api":{"type":"basic","username":"me","password":"env:PASSWORD"},"hook":"""
                    + """{"type":"hmac-sha256","header":"X-Hub","secret":"env:PASSWORD"}}"""),
            ("PASSWORD", "s3cret"),
            ("FORWARD_REDRIVE_KEY", "env:PASSWORD"),
            ("FORWARD_CONCURRENCY", "7"));

        Assert.Equal((0, ""), (status, errors.ToString()));
        Assert.StartsWith(
            Told,
            output.ToString(),
            StringComparison.Ordinal);
        Assert.Contains("\n  FORWARD_CONCURRENCY=7\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\n  FORWARD_CONNECT_TIMEOUT=3s\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\n  FORWARD_REDRIVE_KEY=env:PASSWORD\n", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_tells_which_routes_heed_what_an_endpoint_says_of_its_message()
    {
        Run(
            ("FORWARD_URL", "https://example.com/"),
            ("FORWARD_DISPOSITION", "on"),
            (
                "FORWARD_ROUTES",
                """
                [{"name":"off","when":{"attribute:a":"b"},"url":"https://a.example.com/","disposition":false},
                 {"name":"once","when":{"attribute:a":"c"},"url":"https://a.example.com/","resend":false}]
                """));

        Assert.Equal(
            ["timeout 15 s", "timeout 15 s; sent once; heeds Forward-Disposition", "timeout 15 s; heeds Forward-Disposition"],
            output.ToString().Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("timeout", StringComparison.Ordinal)));
    }

    [Fact]
    public void It_says_what_becomes_of_messages_that_no_route_takes()
    {
        Run(("FORWARD_ROUTES", """[{"name":"a","when":{"attribute:a":"b"},"url":"https://a.example.com/"}]"""));

        Assert.Contains(
            "\n  A message that none of them takes is Rejected.\n\nNo credentials and signatures.\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_tells_every_fault_and_fails()
    {
        var status = Run(("FORWARD_URL", "https://example.com/#s3cret"), ("FORWARD_TIMEOUT", "5"));

        Assert.Equal((1, ""), (status, output.ToString()));
        Assert.Equal(
            """
            FORWARD_URL=https://example.com/ is not an absolute https URL without user name, password or fragment.
            FORWARD_TIMEOUT=5 is not allowed; it takes a whole number with its unit (ms, s, m or h) from 1ms to 15m.

            """,
            errors.ToString());
    }

    private int Run(params (string Name, string Value)[] environment) =>
        Check.Run(environment.ToDictionary(each => each.Name, each => each.Value), output, errors);
}
