using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Runtime;

namespace SqsAotLambda.Tests.Runtime;

public sealed class FunctionErrorTests
{
    /// <summary>What the Runtime API takes.</summary>
    private const int MaxBytes = 256 * 1024;

    public static TheoryData<string> WorstTexts => ["x", "\0", "\n", "\r\n", "\"", "é", "☃", "😀", "\ud83d", "a\ud83d", "\ude00"];

    [Fact]
    public void An_error_is_its_message_its_type_and_its_frames()
    {
        var error = new FunctionError("Function.Broken", "It broke.", "   at A.B() in C.cs:line 1\n   at D.E()");

        Assert.Equal(
            """{"errorMessage":"It broke.","errorType":"Function.Broken","stackTrace":["at A.B() in C.cs:line 1","at D.E()"]}""",
            Text(error));
    }

    [Fact]
    public void An_error_without_stack_trace_has_no_frames()
    {
        var error = new FunctionError("Function.Broken", "It broke.");

        Assert.Equal("""{"errorMessage":"It broke.","errorType":"Function.Broken","stackTrace":[]}""", Text(error));
    }

    [Fact]
    public void Any_character_of_a_message_arrives()
    {
        var message = "\"quoted\"\r\n\\ \0\u001f\u007f <&> é ☃ 😀";

        Assert.Equal(message, Member(new("T", message), "errorMessage").GetString());
    }

    [Fact]
    public void An_exception_gives_its_type_its_message_and_its_stack_trace()
    {
        var error = FunctionError.From(Assert.Throws<InvalidOperationException>(Throw));

        Assert.Equal(("Function.InvalidOperationException", "It broke."), (error.Type, error.Message));
        Assert.Contains(nameof(Throw), Member(error, "stackTrace")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_that_was_never_thrown_has_no_frames()
    {
        var error = FunctionError.From(new InvalidOperationException("It broke."));

        Assert.Equal("""{"errorMessage":"It broke.","errorType":"Function.InvalidOperationException","stackTrace":[]}""", Text(error));
    }

    [Fact]
    public void A_message_of_the_greatest_length_is_whole_and_a_longer_one_is_cut()
    {
        var message = new string('x', 16 * 1024);

        Assert.Equal(message, Member(new("T", message), "errorMessage").GetString());
        Assert.Equal(message, Member(new("T", message + "yz"), "errorMessage").GetString());
    }

    [Fact]
    public void A_long_stack_trace_keeps_its_first_frames()
    {
        var frames = Enumerable.Range(0, 5000).Select(number => $"at Frame{number}()");

        var kept = Member(new("T", "", string.Join('\n', frames)), "stackTrace").EnumerateArray().Select(frame => frame.GetString()!).ToArray();

        Assert.InRange(kept.Length, 500, 4999);
        Assert.Equal(frames.Take(kept.Length - 1), kept[..^1]);
    }

    [Theory]
    [MemberData(nameof(WorstTexts), DisableDiscoveryEnumeration = true)]
    public void The_longest_error_is_JSON_that_the_Runtime_API_takes(string text)
    {
        var endless = string.Concat(Enumerable.Repeat(text, 100_000));

        var json = new FunctionError("Function.Broken", endless, endless).ToJson();

        Assert.InRange(json.Length, 1, MaxBytes - 1);
        JsonDocument.Parse(json.ToArray()).Dispose();
    }

    [DoesNotReturn]
    private static void Throw() => throw new InvalidOperationException("It broke.");

    private static string Text(FunctionError error) => Encoding.UTF8.GetString(error.ToJson());

    private static JsonElement Member(FunctionError error, string name) => JsonDocument.Parse(error.ToJson().ToArray()).RootElement.GetProperty(name);
}
