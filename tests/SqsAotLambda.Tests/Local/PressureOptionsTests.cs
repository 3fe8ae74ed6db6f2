using System.CommandLine;
using SqsAotLambda.Local;
using SqsAotLambda.Local.Pressure;
using RunnerSettings = SqsAotLambda.Local.Settings;

namespace SqsAotLambda.Tests.Local;

/// <summary>What the local runner's command line takes of pressure, and what it refuses.</summary>
public sealed class PressureOptionsTests
{
    [Fact]
    public async Task Each_trouble_is_read()
    {
        Assert.Equal(new ThrottleSetting(50, 429), (await ReadAsync("--throttle", "50")).Pressure.Throttle);
        Assert.Equal(new ThrottleSetting(50, 503), (await ReadAsync("--throttle", "50,503")).Pressure.Throttle);
        Assert.Equal(TimeSpan.FromSeconds(30), (await ReadAsync("--wall", "30s")).Pressure.Wall);
        Assert.Equal(new BlipSetting(TimeSpan.FromSeconds(1), Refuses: false), (await ReadAsync("--blip", "1s")).Pressure.Blip);
        Assert.Equal(new BlipSetting(TimeSpan.FromSeconds(1), Refuses: true), (await ReadAsync("--blip", "1s,refuse")).Pressure.Blip);
        Assert.Equal(5, (await ReadAsync("--tenants", "5")).Pressure.Tenants);
    }

    [Theory]
    [InlineData("--throttle", "50", 500, 10, 2, 12)]
    [InlineData("--wall", "30s", 500, 10, 2, 12)]
    [InlineData("--blip", "2s", 500, 10, 2, 12)]
    [InlineData("--blip", "10s", 500, 10, 60, 360)]
    [InlineData("--tenants", "5", 500, 3, 2, 12)]
    public async Task Under_pressure_messages_have_more_receives_and_a_long_blip_has_a_long_function_timeout(
        string option, string value, int messages, int receives, int functionTimeout, int visibilityTimeout)
    {
        var settings = await ReadAsync(option, value);

        Assert.Equal((messages, receives), (settings.Messages, settings.MaxReceiveCount));
        Assert.Equal((functionTimeout, visibilityTimeout), (settings.FunctionTimeout.TotalSeconds, settings.VisibilityTimeout.TotalSeconds));
    }

    [Theory]
    [InlineData("--throttle 0", "--throttle 0: 1 to 100,000 requests a second are allowed.")]
    [InlineData("--throttle 50 --wall 1s", "--throttle, --wall: one of them at a time is allowed.")]
    [InlineData("--outage 1s --blip 1s", "--outage, --blip: one of them at a time is allowed.")]
    [InlineData("--throttle 50 --url http://a/", "--throttle: not allowed with --url; only the built-in endpoint can be under pressure.")]
    [InlineData("--outage 1s --url http://a/", "--outage: not allowed with --url; only the built-in endpoint can be under pressure.")]
    [InlineData("--wall 5m", "--wall 5m: less than --time-limit 5m is allowed.")]
    [InlineData("--blip 2m --time-limit 60s", "--blip 2m: less than --time-limit 1m is allowed.")]
    [InlineData("--tenants 1", "--tenants 1: 2 to 10 are allowed.")]
    [InlineData("--tenants 11", "--tenants 11: 2 to 10 are allowed.")]
    [InlineData("--tenants 5 --fifo", "--tenants: not allowed with --fifo; there a message group is an order to keep.")]
    [InlineData("--tenants 5 --url http://a/", "--tenants: not allowed with --url; only the built-in endpoint tells when.")]
    [InlineData("--wall 1s --messages 100001", "--messages 100001: at most 100000 are allowed with --throttle, --wall, --blip and --tenants.")]
    public async Task What_contradicts_is_refused_by_one_sentence(string options, string sentence) =>
        Assert.Equal(sentence, (await Assert.ThrowsAsync<LocalFailure>(() => ReadAsync(options.Split(' ')))).Message);

    [Theory]
    [InlineData("--throttle", "fast")]
    [InlineData("--throttle", "50,404")]
    [InlineData("--throttle", "50,503,1")]
    [InlineData("--blip", "1")]
    [InlineData("--blip", "0s")]
    [InlineData("--blip", "1s,hang")]
    [InlineData("--blip", "1s,refuse,refuse")]
    [InlineData("--wall", "0s")]
    [InlineData("--tenants", "many")]
    public void A_value_that_cannot_be_read_is_named(string option, string value)
    {
        var error = Assert.Single(Parse([option, value], _ => { }).Errors);

        Assert.StartsWith($"{option} {value}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_names_each()
    {
        var help = new StringWriter();

        await Parse(["--help"], _ => { }).InvokeAsync(new InvocationConfiguration { Output = help }, TestContext.Current.CancellationToken);

        Assert.All(
            ["--throttle <RATE[,503]>", "--wall <DURATION>", "--blip <DURATION[,refuse]>", "--tenants <N>", "--outage <DURATION>"],
            option => Assert.Contains(option, $"{help}", StringComparison.Ordinal));
    }

    internal static async Task<RunnerSettings> ReadAsync(params string[] options)
    {
        RunnerSettings? read = null;
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
        var parsed = Parse(options, settings => read = settings);
        await parsed.InvokeAsync(configuration, TestContext.Current.CancellationToken);
        return read ?? throw new InvalidOperationException(string.Join('\n', parsed.Errors.Select(error => error.Message)));
    }

    private static ParseResult Parse(string[] options, Action<RunnerSettings> run) => new CommandLine().Build(
        (settings, _) =>
        {
            run(settings);
            return Task.FromResult(0);
        },
        (_, _) => Task.FromResult(0)).Parse(["run", "--bootstrap", "bootstrap", .. options]);
}
