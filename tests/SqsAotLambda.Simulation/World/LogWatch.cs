using System.Text;
using System.Text.Json;
using SqsAotLambda.Simulation.Checking;

namespace SqsAotLambda.Simulation.World;

/// <summary>The function's standard output, of which each line is checked as it comes.</summary>
internal sealed class LogWatch(Universe world) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (world.Scenario.LostLines > 0 && world.Network.Below(world.Scenario.LostLines) == 0) throw new IOException("The line is lost.");

        world.Network.Noted((int)HashOf(buffer));
        world.Teller?.Invoke($"log: {Encoding.UTF8.GetString(buffer).TrimEnd()}");
        world.CheckText(buffer, "A line of the log");
        try
        {
            Read(buffer);
        }
        catch (JsonException e)
        {
            world.Ledger.Break(Invariant.LinesAreSafe, $"A line is not JSON: {e.Message} {Encoding.UTF8.GetString(buffer)}");
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static uint HashOf(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261;
        foreach (var each in bytes) hash = (hash ^ each) * 16777619;
        return hash;
    }

    private void Read(ReadOnlySpan<byte> text)
    {
        var line = LogLine.Read(text, world.Queue.Messages);
        if (IsBug(line.Name)) world.Ledger.Break(Invariant.NothingBreaks, $"The function tells of a bug: {Encoding.UTF8.GetString(text)}");
        if (line is { IsOfMessage: true, Status: { } told }) world.CheckStatus(line.Message!, line.Receive, told, "The log");
        world.Watch(each => each.Told(line));
    }

    /// <summary>Whether an event by this name has nothing in this life that explains it.</summary>
    private bool IsBug(string? name) => name switch
    {
        "InternalError" => true,
        "InvocationFailed" => !world.Lambda.HasSentNonsense,
        "LinesLost" => world.Scenario.LostLines == 0,
        "AnswerRefused" => !world.Lambda.HasRefused,
        _ => false,
    };
}
