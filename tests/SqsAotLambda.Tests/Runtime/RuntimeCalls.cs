using SqsAotLambda.Runtime;

namespace SqsAotLambda.Tests.Runtime;

/// <summary>What the Runtime API says and is told.</summary>
internal static class RuntimeCalls
{
    public const string RequestId = "Lambda-Runtime-Aws-Request-Id: id-1";

    /// <summary>2026-01-02 03:04:05.678 UTC.</summary>
    public const string Deadline = "Lambda-Runtime-Deadline-Ms: 1767323045678";

    public static readonly Reply Next = Replies.Status(200, """{"Records":[]}""", RequestId, Deadline);

    public static readonly Reply Accepted = Replies.Status(202, """{"status":"OK"}""");

    public static readonly FunctionError Error = new("Function.Broken", "It broke.");

    public static Invocation Invocation() => new("id-1", DateTimeOffset.UnixEpoch, TraceId: null, InvocationId: null, default);
}
