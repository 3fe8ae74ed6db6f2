using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using SqsAotLambda.Aws;
using SqsAotLambda.Commands;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Logging;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

/// <summary>What <c>bootstrap explain</c> shows is what an endpoint receives: random messages on random routes, over a socket.</summary>
public sealed partial class ExplainedRequestTests : IAsyncDisposable
{
    private const int Runs = 1_000;
    private const string Trace = "Root=1-6759e988-bd862e3fe1be46a994272793;Parent=63995c3f42cd8ad8;Sampled=1;Lineage=1:abc:0";

    private readonly StubServer endpoint = new(_ => Replies.Status(200));
    private readonly StubServer tokens = new(_ => Replies.Status(200, """{"access_token":"token-1","token_type":"Bearer"}"""));
    private readonly StubSecretsManager secrets = new() { Value = Convert.ToBase64String(new byte[32]) };
    private readonly JsonLog log = new(Stream.Null, LogLevel.Fatal, TimeProvider.System);

    private int sent, described, rejected, dropped, cut;

    private int Calls => secrets.Calls.Count + tokens.Requests.Count + endpoint.Requests.Count;

    public async ValueTask DisposeAsync()
    {
        await endpoint.DisposeAsync();
        await tokens.DisposeAsync();
        await secrets.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task Shown_and_received_requests_differ_in_nothing_but_masks()
    {
        var environment = new AnyEnvironment(endpoint.Url, tokens.Url, secrets.Url).Of();

        await Property.HoldsAsync(
            Gen.Select(environment, AnyEvent.Of(endpoint.Url), Gen.Bool),
            Runs,
            input => CompareAsync(input.Item1, input.Item2, input.Item3),
            input => $"{Encoding.Latin1.GetString(input.Item2)}{string.Concat(input.Item1.Where(each => each.Value != "").Select(Line))}");

        // All of it was tried.
        Assert.All([sent, described, rejected, dropped, cut], count => Assert.InRange(count, Runs / 20, int.MaxValue));
    }

    private async Task CompareAsync(IReadOnlyDictionary<string, string> environment, byte[] json, bool withSecrets)
    {
        var calls = Calls;
        var (status, shown) = await ExplainAsync(environment, json, withSecrets);
        Assert.Equal(calls, Calls);

        var settings = FunctionSettings.Parse(environment);
        using var function = Function.Compose(settings, new(log, TestLoop.Here) { Credentials = new AwsCredentials("AKID", "key", "session") });
        var messages = new EventReader().Read(json, Trace);
        var rejects = false;
        foreach (var message in messages)
        {
            var before = endpoint.Requests.Count;
            var delivery = await Given.DeliverAsync(function, message);
            var received = endpoint.Requests.Skip(before).SingleOrDefault();
            Count(delivery, received);
            rejects |= delivery.Outcome is Outcome.Rejected;

            var expected = new Explanation(settings).Of(message, messages, delivery, received);
            Assert.True(expected == shown[message.Position], $"message {message.Position}: {Difference(shown[message.Position], expected)}");
        }

        Assert.Equal((rejects ? 1 : 0, messages.Count), (status, shown.Count));
    }

    private void Count(Delivery delivery, StubRequest? received)
    {
        if (received is not null) sent++;
        if (received?.Body.Length > 1024) cut++;
        if (received is not null && delivery.Endpoint!.Route.MessageRule is not null) described++;
        if (delivery.Outcome is Outcome.Rejected) rejected++;
        if (delivery.Outcome is Outcome.Dropped) dropped++;
    }

    /// <summary>The exit status and what is shown of each message, the escapes undone: bytes, one a character.</summary>
    private static async Task<(int Status, List<string> Blocks)> ExplainAsync(
        IReadOnlyDictionary<string, string> environment, byte[] json, bool withSecrets)
    {
        var given = withSecrets
            ? environment
            : environment.Where(variable => !AnyEnvironment.Secrets.ContainsKey(variable.Key)).ToDictionary();
        await using var output = new StringWriter();
        await using var errors = new StringWriter();

        var status = await Explain.RunAsync("-", () => new MemoryStream(json), given, TestLoop.Here, output, errors);

        Assert.Equal("", errors.ToString());
        var shown = output.ToString();
        Assert.DoesNotContain(
            shown, each => (char.IsControl(each) && each is not ('\n' or '\t')) || char.GetUnicodeCategory(each) is UnicodeCategory.Format);
        return (status, [.. shown.Split("\nmessage ").Select((block, index) => Unescape(index == 0 ? block : $"message {block}"))]);
    }

    /// <summary>Of a setting, in a message; all entries of credentials but the first are always the same.</summary>
    private static string Line(KeyValuePair<string, string> setting) => $"\n{setting.Key}={setting.Value.Split('\n')[0]}";

    private static string Difference(string shown, string expected)
    {
        var at = shown.AsSpan().CommonPrefixLength(expected);
        return $"shown is {Around(shown)}, and should be {Around(expected)}";

        string Around(string text) => Shown.Text(text[Math.Max(0, at - 40)..Math.Min(text.Length, at + 40)]);
    }

    private static string Unescape(string text) => Escape().Replace(
        Explanation.Bytes(text),
        escape => ((char)byte.Parse(escape.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());

    [GeneratedRegex(@"\\x([0-9A-F]{2})")]
    private static partial Regex Escape();
}
