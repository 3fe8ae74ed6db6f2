using System.Text;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Tests.Support;

/// <summary>Events of SQS, read as the function reads them.</summary>
internal static class Events
{
    /// <summary>Of the invocation.</summary>
    public const string Trace = "Root=1-00000000-000000000000000000000001";

    public static IReadOnlyList<Message> Read(byte[] json) => new EventReader().Read(json, Trace);

    public static string BodyOf(Message message) => Encoding.UTF8.GetString(message.Body.Span);
}
