using System.Globalization;
using System.Text;
using SqsAotLambda.Credentials;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Reading;
using SqsAotLambda.Requests;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Commands;

/// <summary>
/// <c>bootstrap explain</c>: the requests that the messages of an event become. Nothing is sent, and no secret is needed. <c>***</c>
/// stands for what is or may be a secret, one <c>*</c> for each digit that is another each time a message is sent.
/// </summary>
internal sealed class Explain : IDisposable
{
    /// <summary>In bytes, of a body that is shown.</summary>
    private const int MaxBody = 1024;

    private readonly FunctionSettings settings;
    private readonly Rehearsal once, again;
    private readonly SecretMask secrets;
    private readonly RequestWriter writer = new();
    private readonly StringBuilder text = new();

    private Explain(FunctionSettings settings, Loop loop)
    {
        this.settings = settings;
        (once, again) = (new(settings, again: false, loop), new(settings, again: true, loop));
        secrets = new(settings.Secrets.OfType<EnvironmentSecret>().Select(secret => secret.Value));
    }

    public void Dispose()
    {
        once.Dispose();
        again.Dispose();
    }

    /// <param name="path">Of the event; <c>-</c>: standard input.</param>
    /// <returns>The exit status: 1 when a message would be Rejected, 2 when nothing can be explained, else 0.</returns>
    public static async Task<int> RunAsync(
        string path, Func<Stream> openInput, IReadOnlyDictionary<string, string> environment, Loop loop, TextWriter output, TextWriter errors)
    {
        try
        {
            var settings = FunctionSettings.Parse(new Variables(environment) { WithoutSecrets = true });
            if (Read(path, openInput, errors) is not { } json) return 2;

            using var explain = new Explain(settings, loop);
            return await explain.TellAsync(new EventReader().Read(json, trace: null), output) ? 1 : 0;
        }
        catch (InvalidSettingsException e)
        {
            foreach (var fault in e.Faults) errors.WriteLine(fault);
            return 2;
        }
        catch (InvalidEventException e)
        {
            errors.WriteLine(e.Message);
            return 2;
        }
    }

    private static string WhyLeftOut(RequestSettings requests) => $"too long ({requests.Limit.Setting}), "
        + (requests.Headers.CloudEvents ? "no name of a header, or no text of a CloudEvent" : "or no name of a header");

    /// <summary>Null when it can't be read, which is told.</summary>
    private static ReadOnlyMemory<byte>? Read(string path, Func<Stream> openInput, TextWriter errors)
    {
        try
        {
            if (path != "-") return ByteOrderMark.ToUtf8(File.ReadAllBytes(path));

            using var input = openInput();
            using var json = new MemoryStream();
            input.CopyTo(json);
            return ByteOrderMark.ToUtf8(json.ToArray());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            errors.WriteLine($"{path} can't be read: {e.GetType().Name}. It takes the path of a file with an SQS event, or - for standard input.");
            return null;
        }
    }

    /// <summary>In the event's order, each as if its turn in its lane had come.</summary>
    /// <returns>Whether a message would be Rejected.</returns>
    private async Task<bool> TellAsync(IReadOnlyList<Message> messages, TextWriter output)
    {
        if (messages.Count == 0) output.WriteLine("The event has no messages.");

        var lanes = new string[messages.Count];
        foreach (var lane in Lanes.Of(messages))
        {
            for (var index = 0; index < lane.Count; index++) lanes[lane[index].Position] = Describe(lane, index);
        }

        var rejects = false;
        foreach (var message in messages)
        {
            var delivery = await once.DeliverAsync(message);
            await again.DeliverAsync(message);
            rejects |= once.Request is null && delivery.Outcome is Outcome.Rejected;
            if (message.Position > 0) text.Append('\n');
            text.Append(CultureInfo.InvariantCulture, $"message {Shown(message.Id)} ({message.Position + 1} of {messages.Count})\n");
            Tell("route", delivery.Endpoint?.Route.Name ?? "none");
            if (delivery.Endpoint is { Url.Length: > 0 } endpoint) Tell("endpoint", endpoint.Url);
            Tell("lane", lanes[message.Position]);
            if (settings.RedriveKey is not null && DeadLetter.FirstLifeOf(message) is { Hmac: not null })
                Tell("redriven", "as if the hmac of its ForwardFailure were right");
            if (once.Request is { } request) Tell(request, again.Request!, delivery.Endpoint!.Route, message);
            else Tell("outcome", delivery.Outcome + ((delivery.Reason ?? delivery.Detail) is { } why ? $": {why}" : ""));
            output.Write(text.ToString());
            text.Clear();
        }

        return rejects;
    }

    private static string Describe(Lane lane, int index) =>
        !lane.First.Queue.IsFifo
            ? "its own"
            : $"{(lane.First.GroupId is { } group ? $"group \"{group}\"" : "no group")}, {index + 1} of {lane.Count}";

    private void Tell(string name, string value) => text.Append("  ").Append(name.PadRight(10)).Append(Shown(value)).Append('\n');

    /// <param name="varied">The same, made again.</param>
    private void Tell(Request request, Request varied, Route route, Message message)
    {
        var (head, other) = (HeadOf(request), HeadOf(varied));
        if (route is { MessageRule: null, Url: { } url })
            head[0] = head[0].Replace(request.Url.PathAndQuery, url.Conceal(request.Url, SecretMask.Mask), StringComparison.Ordinal);
        for (var line = 1; line < head.Length; line++) head[line] = Masked(head[line], other[line]);
        foreach (var header in route.Headers.Where(header => !HeaderNames.IsPublic(header.Name))) Conceal(header, message, head);

        var key = settings.Requests.IdempotencyHeader + ": ";
        if (Array.Find(head, line => line.StartsWith(key, StringComparison.OrdinalIgnoreCase)) is { } sent) Tell("key", sent[key.Length..]);
        if (request.LeftOut is { } left) Tell("left out", $"{left}: {WhyLeftOut(settings.Requests)}");
        text.Append('\n');
        foreach (var line in head) Indent(secrets.Hide(line, line.Length), plain: "");
        if (request.Body is { Length: > 0 } body) Tell(body.Span);
    }

    private void Tell(ReadOnlySpan<byte> body)
    {
        var length = body.Length;
        if (length > MaxBody)
        {
            length = MaxBody;
            // Not inside a character, which has four bytes at most.
            while (length > MaxBody - 3 && (body[length] & 0xC0) == 0x80) length--;
        }

        text.Append('\n');
        Indent(secrets.Hide(Encoding.Latin1.GetString(body), length), plain: "\n\t");
        if (length < body.Length) text.Append(CultureInfo.InvariantCulture, $"  … the first {length:N0} of {body.Length:N0} bytes\n");
    }

    /// <summary>Request line and headers as they are sent, their bytes one a character.</summary>
    private string[] HeadOf(Request request) =>
        Encoding.Latin1.GetString(writer.Write(request).Span[..^request.Body.GetValueOrDefault().Length])[..^4].Split("\r\n");

    /// <summary>What the settings write into a header may be a secret, as in a query; what the message gives is shown.</summary>
    private static void Conceal(HeaderTemplate header, Message message, string[] head)
    {
        var start = header.Name + ": ";
        var line = Array.FindIndex(head, each => each.StartsWith(start, StringComparison.OrdinalIgnoreCase));
        if (line < 0) return;

        // A credential may have put something else in its place, which is masked already.
        var isFilled = head[line][start.Length..] == Filled(literal => literal);
        head[line] = start + (isFilled ? Filled(literal => literal.Length > 0 ? SecretMask.Mask : "") : SecretMask.Mask);

        string Filled(Func<string, string> show) => string.Concat(header.Value.Parts.Select(part =>
            show(part.Literal) + (part.Expression is null ? "" : HeaderText.Encode(part.Expression.TextOf(message) ?? ""))));
    }

    private static string Masked(string line, string varied)
    {
        if (line == varied) return line;

        var masked = line.ToCharArray();
        for (var index = 0; index < masked.Length; index++)
        {
            if (index >= varied.Length || masked[index] != varied[index]) masked[index] = '*';
        }

        return new(masked);
    }

    /// <summary>Apart from what is said about the message.</summary>
    /// <param name="bytes">One a character.</param>
    private void Indent(string bytes, string plain)
    {
        foreach (var line in TerminalText.Of(Encoding.Latin1.GetBytes(bytes), plain).Split('\n'))
        {
            if (line.Length > 0) text.Append("    ").Append(line);
            text.Append('\n');
        }
    }

    private string Shown(string value)
    {
        var bytes = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value));
        return TerminalText.Of(Encoding.Latin1.GetBytes(secrets.Hide(bytes, bytes.Length)));
    }
}
