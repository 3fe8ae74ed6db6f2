using System.Text.Json;
using SqsAotLambda.Simulation.World;

namespace SqsAotLambda.Simulation.Checking;

/// <summary>What is read of a line of the function's log; null: the line does not say.</summary>
internal sealed record LogLine
{
    public string? Name { get; private set; }

    public SimulatedMessage? Message { get; private set; }

    public int Receive { get; private set; } = -1;

    public int? Status { get; private set; }

    public string? Outcome { get; private set; }

    public string? Hold { get; private set; }

    /// <summary>Messages of the batch that waited for turns of a pace.</summary>
    public int Paced { get; private set; }

    public bool IsOfMessage => Name is "MessageFailed" or "MessageDeadLettered" && Message is not null;

    /// <exception cref="JsonException">It is no JSON.</exception>
    public static LogLine Read(ReadOnlySpan<byte> text, IReadOnlyList<SimulatedMessage> messages)
    {
        var line = new LogLine();
        var reader = new Utf8JsonReader(text);
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType is JsonTokenType.PropertyName) line.ReadMember(ref reader, messages);
        }

        return line;
    }

    private void ReadMember(ref Utf8JsonReader reader, IReadOnlyList<SimulatedMessage> messages)
    {
        if (IsNext(ref reader, "message"u8)) Name = reader.GetString();
        else if (IsNext(ref reader, "messageId"u8)) Message = SimulatedMessage.NumberIn(reader.ValueSpan) is { } number ? messages[number] : null;
        else if (IsNext(ref reader, "receiveCount"u8)) Receive = reader.GetInt32();
        else if (IsNext(ref reader, "status"u8)) Status = reader.GetInt32();
        else if (IsNext(ref reader, "outcome"u8)) Outcome = reader.GetString();
        else if (IsNext(ref reader, "hold"u8)) Hold = reader.GetString();
        else if (IsNext(ref reader, "paced"u8)) Paced = reader.GetInt32();
    }

    private static bool IsNext(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.TokenType is JsonTokenType.PropertyName && reader.ValueTextEquals(name) && reader.Read();
}
