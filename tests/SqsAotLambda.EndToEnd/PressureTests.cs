using System.Globalization;
using System.Text.RegularExpressions;
using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>What <c>make run</c> plays of endpoints under pressure, with few messages and short times.</summary>
public sealed partial class PressureTests
{
    [Theory(Timeout = 120_000)]
    [InlineData("20", "429")]
    [InlineData("20,503", "503")]
    public async Task An_endpoint_that_throttles_gets_all_in_the_end_and_the_account_tells_its_share(string throttle, string status)
    {
        var run = await RunAsync(sent: 20, "--throttle", throttle, "--concurrency", "2");

        Assert.Equal(20, run["delivered"]);
        Assert.Equal($"20 requests a second and a burst of 3, the others are answered {status}", run.Text("throttle"));
        Assert.Matches("^[1-9][0-9]* of [0-9]+ answers \\([0-9]+ %\\)$", run.Text("  throttled"));
        Assert.Matches("^20 of 20 within [0-9.]+ s of the first request$", run.Text("  delivered"));
        Assert.Equal(0, run["  never tried"]);
        Assert.Contains($"A message failed: Throttled, {status} (route default, http://", run.Output, StringComparison.Ordinal);
        Assert.Contains(run.Texts("last failure"), row => row.StartsWith($"Throttled, {status} (route default, http://", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_endpoint_that_answers_400_to_everything_accepts_afterwards_and_dead_letters_are_told_by_environment()
    {
        var run = await RunAsync(sent: 40, "--wall", "1ms", "--concurrency", "2", "--env", "FORWARD_CONCURRENCY=1");

        var letters = Letters().Match(run.Text("  dead letters"));
        Assert.True(letters.Success, run.Output);
        Assert.Equal(run["dead-lettered"], Number(letters, "all"));
        Assert.Equal(run["dead-lettered"], Number(letters, "first") + Number(letters, "second"));
        Assert.InRange(run["dead-lettered"], 1, 40);
        Assert.StartsWith($"{run["delivered"]}", run.Text("  delivered after it"), StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("500ms", "^500ms, [1-9][0-9]* requests were answered 502$")]
    [InlineData("500ms,refuse", "^500ms of refused connections, [1-9][0-9]* requests were cut off$")]
    public async Task A_blip_in_the_middle_costs_receives_and_no_message(string blip, string told)
    {
        var run = await RunAsync(sent: 40, "--blip", blip, "--concurrency", "2");

        Assert.Equal(40, run["delivered"]);
        Assert.Matches(told, run.Text("blip"));
        Assert.Matches("^[0-9]+; by environment [0-9]+, [0-9]+$", run.Text("  lost a receive"));
        Assert.Matches(
            "^[0-9.]+ s after its end by the first environment, [0-9.]+ s after its end by the last of [12]$", run.Text("  delivered again"));
        Assert.Equal(
            run.Text("  lost a receive").StartsWith("0;", StringComparison.Ordinal),
            run.Texts("last failure").Count == 0);
    }

    [Fact(Timeout = 120_000)]
    public async Task Tenants_keep_their_message_groups_on_the_standard_queue_and_each_is_told()
    {
        var run = await RunAsync(sent: 40, "--tenants", "3");

        Assert.Equal(40, run["delivered"]);
        Assert.StartsWith("36 messages, the last delivered within ", run.Text("tenant-1"), StringComparison.Ordinal);
        Assert.StartsWith("2 messages, the last delivered within ", run.Text("tenant-2"), StringComparison.Ordinal);
        Assert.StartsWith("2 messages, the last delivered within ", run.Text("tenant-3"), StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("THROTTLE=50,503", "--throttle 50,503")]
    [InlineData("WALL=30s", "--wall 30s")]
    [InlineData("BLIP=1s,refuse", "--blip 1s,refuse")]
    [InlineData("TENANTS=5", "--tenants 5")]
    public async Task Make_hands_each_setting_to_the_runner(string variable, string option)
    {
        // Those of a make that runs the tests are none of this one's.
        var environment = Repository.Environment.Where(each => !each.Key.StartsWith("MAKE", StringComparison.Ordinal))
            .Select(each => (each.Key, each.Value));
        await using var make = new ChildProcess("make", ["--dry-run", "-C", Repository.Root, "run", variable], environment);

        Assert.True(await make.ExitAsync() == 0, make.Output);
        Assert.Contains(option, make.Output, StringComparison.Ordinal);
    }

    private static async Task<LocalRun> RunAsync(int sent, params string[] arguments)
    {
        var run = await LocalRun.OfAsync(
            Repository.Bootstrap("Own"), [.. arguments, "--messages", $"{sent}", "--backoff-base", "1s", "--time-limit", "90s"]);
        run.AssertNothingLost(sent);
        Assert.Equal(0, run["duplicates"]);
        return run;
    }

    private static int Number(Match match, string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("^(?<all>[0-9]+); by environment (?<first>[0-9]+), (?<second>[0-9]+)$")]
    private static partial Regex Letters();
}
