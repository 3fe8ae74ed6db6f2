using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>The native binary on a command line.</summary>
public sealed class CheckTests
{
    private const string Usage =
        "Usage: bootstrap, in AWS Lambda; bootstrap check, which tells what the settings in its environment amount to; "
        + "or bootstrap explain EVENT.json, which shows the requests that the messages of an SQS event become, and sends none (- is standard input).";

    public static readonly TheoryData<string> Hosts = ["Own", "Amazon"];

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task It_tells_what_good_settings_amount_to(string host)
    {
        await using var check = Start(
            host,
            ["check"],
            (
                "FORWARD_ROUTES",
                """[{"name":"orders","when":{"attribute:type":"order"},"url":"https://orders.example.com/{body:/id}","auth":"api"},"""
                    + """{"name":"noise","when":{"attribute:type":"ping"},"drop":true}]"""),
            ("FORWARD_AUTH", """{"api":{"type":"bearer","token":"env:API_TOKEN"}}"""),
            ("API_TOKEN", "hunter2"));

        Assert.Equal((0, ""), (await check.ExitAsync(), check.Errors));
        Assert.StartsWith(
            """
            Routes; the first that takes a message has it:
              orders: POST https://orders.example.com/{body:/id}
                when {"attribute:type":"order"}
                timeout 15 s; auth api
              noise: dropped
                when {"attribute:type":"ping"}
              A message that none of them takes is Rejected.

            Credentials and signatures:
              api: bearer, env:API_TOKEN

            Other settings:
            """,
            check.Output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", check.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task It_tells_every_fault_of_bad_settings_on_standard_error(string host)
    {
        await using var check = Start(
            host,
            ["check"],
            ("FORWARD_URL", "https://hunter2@example.com/"),
            ("FORWARD_TIMEOUT", "5"),
            ("FORWARD_ROUTES", """[{"name":"orders","url":"https://169.254.169.254/","auth":"nobody"}]"""),
            ("FORWARD_TYPO", "hunter2"));

        Assert.Equal(1, await check.ExitAsync());
        Assert.Equal(check.Errors, check.Output);
        string[] subjects =
        [
            "FORWARD_URL=https://example.com/ is not",
            "FORWARD_TIMEOUT=5 is not",
            "FORWARD_ROUTES: route orders has a url",
            "FORWARD_ROUTES: route orders has a auth",
            "FORWARD_TYPO is not",
        ];
        Assert.Equal(subjects.Length, check.Lines.Count);
        Assert.All(subjects, subject => Assert.Single(check.Lines, line => line.StartsWith(subject, StringComparison.Ordinal)));
        Assert.DoesNotContain("hunter2", check.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0, "--help")]
    [InlineData(2, "chek")]
    [InlineData(2, "check", "more")]
    [InlineData(2, "explain")]
    [InlineData(2, "explain", "event.json", "more")]
    public async Task Other_arguments_are_told_how_it_is_used(int status, params string[] arguments)
    {
        await using var bootstrap = Start("Own", arguments);

        Assert.Equal((status, Usage), (await bootstrap.ExitAsync(), bootstrap.Output));
    }

    private static ChildProcess Start(string host, string[] arguments, params (string Name, string Value)[] environment) =>
        new(Repository.Bootstrap(host), arguments, environment);
}
