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

    /// <summary>Whether an event by this name has nothing in this life that explains it.</summary>
    private bool IsBug(ref Utf8JsonReader name) =>
        name.ValueTextEquals("InternalError"u8)
            || (name.ValueTextEquals("InvocationFailed"u8) && !world.Lambda.HasSentNonsense)
            || (name.ValueTextEquals("LinesLost"u8) && world.Scenario.LostLines == 0)
            || (name.ValueTextEquals("AnswerRefused"u8) && !world.Lambda.HasRefused);

    private void Read(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        var (isOfMessage, isBug, number, receive, status) = (false, false, -1, -1, (int?)null);
        while (reader.Read())
        {
            if (reader.CurrentDepth != 1 || reader.TokenType is not JsonTokenType.PropertyName) continue;

            if (reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                isOfMessage = reader.ValueTextEquals("MessageFailed"u8) || reader.ValueTextEquals("MessageDeadLettered"u8);
                isBug = IsBug(ref reader);
            }
            else if (isOfMessage && reader.ValueTextEquals("messageId"u8))
            {
                reader.Read();
                number = SimulatedMessage.NumberIn(reader.ValueSpan) ?? -1;
            }
            else if (isOfMessage && (reader.ValueTextEquals("receiveCount"u8) || reader.ValueTextEquals("status"u8)))
            {
                var isStatus = reader.ValueTextEquals("status"u8);
                reader.Read();
                if (isStatus) status = reader.GetInt32();
                else receive = reader.GetInt32();
            }
        }

        if (isBug) world.Ledger.Break(Invariant.NothingBreaks, $"The function tells of a bug: {Encoding.UTF8.GetString(line)}");
        if (number >= 0 && status is { } told) world.CheckStatus(world.Queue.Messages[number], receive, told, "The log");
    }
}
