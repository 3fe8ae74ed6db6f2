using System.Globalization;
using System.Text;

namespace SqsAotLambda.Http;

/// <summary>
/// How long, and for how many requests, a server says in headers named Keep-Alive that it keeps a connection open. Whatever can't be read of them
/// is ignored, for no standard holds them.
/// </summary>
/// <param name="Seconds">That the server lets the connection rest.</param>
/// <param name="Requests">That the connection may carry from now on.</param>
internal readonly record struct KeepAlive(int Seconds, int Requests)
{
    /// <summary>The server has said nothing.</summary>
    public static readonly KeepAlive Unsaid = new(int.MaxValue, int.MaxValue);

    /// <summary>The server ends a connection as soon as this is over: no request may be on its way then.</summary>
    private const int Margin = 1;

    /// <summary>A line may go on in the next one.</summary>
    private static ReadOnlySpan<byte> White => " \t\r\n"u8;

    public bool AllowsMore => Seconds > Margin && Requests > 0;

    /// <summary>The longest rest after which a request still comes in time.</summary>
    public TimeSpan Rest => TimeSpan.FromSeconds(Seconds - Margin);

    /// <summary>What holds after one more answer.</summary>
    /// <param name="head">Of the answer. Where it says nothing, what was said before holds.</param>
    public KeepAlive After(ReadOnlySpan<byte> head)
    {
        var (said, requests) = (int.MaxValue, Requests - 1);
        for (var at = 0; head[at..].IndexOfAny((byte)'k', (byte)'K') is >= 0 and var next; at++)
        {
            at += next;
            if (at > 0 && head[at - 1] == '\n' && ValueOf(head[at..], out var value)) Read(value, ref said, ref requests);
        }

        return new(said == int.MaxValue ? Seconds : said, requests);
    }

    /// <returns>False: another header begins there.</returns>
    private static bool ValueOf(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        var lines = new HeadLines(rest);
        lines.MoveNext();
        return Ascii.EqualsIgnoreCase(HeaderBlock.Split(lines.Line, out value, out _), "keep-alive"u8);
    }

    private static void Read(ReadOnlySpan<byte> value, ref int seconds, ref int requests)
    {
        foreach (var range in value.SplitAny((byte)',', (byte)';'))
        {
            var parameter = value[range];
            var equals = parameter.IndexOf((byte)'=');
            if (equals < 0 || !TryParse(parameter[(equals + 1)..], out var number)) continue;

            var name = parameter[..equals].Trim(White);
            if (Ascii.EqualsIgnoreCase(name, "timeout"u8)) seconds = Math.Min(seconds, number);
            else if (Ascii.EqualsIgnoreCase(name, "max"u8)) requests = Math.Min(requests, number);
        }
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out int number) =>
        int.TryParse(text.Trim(White).Trim("\" \t"u8), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
