using System.Text.Json;
using SqsAotLambda.Logging;
using SqsAotLambda.Runtime;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.EveryEvent;

namespace SqsAotLambda.Tests;

/// <summary>Lines of the log: one an event, of the levels that are let through, whatever texts are in them.</summary>
public sealed class LogLineTests : IDisposable
{
    /// <summary>In characters, of one text.</summary>
    private const int MaxText = 1024;

    /// <summary>In the order in which they are written.</summary>
    private static readonly string[] All =
    [
        "MessageFailed", "MessageDeadLettered", "DispositionUnknown", "CopyFailed", "VisibilityFailed", "SecretFailed", "BatchMetrics",
        "BatchHandled", "InvocationFailed", "AnswerRefused", "SettingsRefused", "RuntimeApiLost",
    ];

    private readonly Writes output = new();

    public static TheoryData<string> AwkwardTexts =>
    [
        "a\nb\r\nc\u2028d\u2029e\u0085f",
        "\0\u0001\u001b[31m\t\b\u007f",
        "\"quoted\" \\ <&>'",
        "é ☃ 😀",
        "cut in two \ud83d",
        "\ude00",
    ];

    public void Dispose() => output.Dispose();

    [Fact]
    public void Each_event_is_one_line_in_one_write()
    {
        WriteAll(Log(LogLevel.Trace), "text");

        Assert.Equal(All, EventNames());
        Assert.All(output.Each, write => Assert.Equal(write.Length - 1, write.IndexOf('\n', StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Trace")]
    [InlineData("Debug")]
    [InlineData("Info")]
    [InlineData("Warn", "BatchHandled")]
    [InlineData("Error", "BatchHandled", "MessageFailed", "MessageDeadLettered", "DispositionUnknown", "VisibilityFailed", "SecretFailed")]
    [InlineData(
        "Fatal",
        "BatchHandled", "MessageFailed", "MessageDeadLettered", "DispositionUnknown", "VisibilityFailed", "SecretFailed",
        "CopyFailed", "InvocationFailed", "AnswerRefused")]
    public void A_level_lets_itself_and_the_graver_ones_through(string level, params string[] leftOut)
    {
        WriteAll(Log(Enum.Parse<LogLevel>(level)), "text");

        Assert.Equal(All.Except(leftOut), EventNames());
    }

    [Theory]
    [MemberData(nameof(AwkwardTexts), DisableDiscoveryEnumeration = true)]
    public void Any_text_keeps_its_line_one_line_of_plain_ASCII(string text)
    {
        WriteAll(Log(), text);

        Assert.Equal(All.Length, EventNames().Count());
        Assert.All(output.Each, write =>
        {
            Assert.EndsWith("}\n", write, StringComparison.Ordinal);
            Assert.DoesNotContain(write[..^1], each => each is < ' ' or > '~');
        });
    }

    [Fact]
    public void A_text_of_any_characters_can_be_read_back()
    {
        var text = "\"é\"\n☃\t😀\\";

        Log().InvocationFailed("request-1", new InvalidDataException(text));

        Assert.Equal(text, Line().GetProperty("errorMessage").GetString());
    }

    [Fact]
    public void A_text_of_the_greatest_length_is_whole()
    {
        var text = new string('x', MaxText);

        Log().InvocationFailed("request-1", new InvalidDataException(text));

        Assert.Equal(text, Line().GetProperty("errorMessage").GetString());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("☃")]
    public void A_longer_text_is_cut_wherever_it_stands(string each)
    {
        var text = string.Concat(Enumerable.Repeat(each, 1_000_000));

        WriteAll(Log(), text);

        Assert.Equal(All.Length, output.Each.Count);
        Assert.All(output.Each, write => Assert.InRange(write.Length, 1, 40_000));
    }

    [Fact]
    public void A_text_may_be_cut_inside_a_character()
    {
        var text = new string('x', MaxText - 1) + "😀";

        Log().InvocationFailed("request-1", new InvalidDataException(text));

        Assert.Equal(new string('x', MaxText - 1) + "\ufffd…", Line().GetProperty("errorMessage").GetString());
    }

    [Fact]
    public void A_short_line_after_a_long_one_is_whole_and_alone()
    {
        var log = Log();

        log.InvocationFailed("request-1", new InvalidDataException(new string('x', MaxText)));
        log.AnswerRefused("request-2", 410);

        Assert.Equal("""
            {"timestamp":"2026-01-02T03:04:05Z","level":"ERROR","message":"AnswerRefused","requestId":"request-2","status":410}
            """ + "\n", output.Each[1]);
    }

    private JsonLog Log(LogLevel minimum = LogLevel.Info) => new(output, minimum, Given.Clock());

    private JsonElement Line() => JsonDocument.Parse(Assert.Single(output.Each)).RootElement;

    private IEnumerable<string?> EventNames() =>
        output.Each.Select(write => JsonDocument.Parse(write).RootElement.GetProperty("message").GetString());
}
