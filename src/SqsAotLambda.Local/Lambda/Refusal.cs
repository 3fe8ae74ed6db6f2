namespace SqsAotLambda.Local.Lambda;

/// <summary>What the Runtime API answers to a call that it does not allow.</summary>
internal sealed record Refusal(int Status, string Type, string Message)
{
    public static readonly Refusal UnknownId = new(400, "InvalidRequestID", "Invalid request ID");
    public static readonly Refusal InvalidState = new(403, "InvalidStateTransition", "This call is not allowed now");
    public static readonly Refusal UnknownCall = new(404, "NotFound", "There is no such call");
    public static readonly Refusal TooLate = new(410, "InvokeTimeout", "The invocation has timed out");
    public static readonly Refusal TooLarge = new(413, "RequestEntityTooLarge", $"More than {RuntimeApi.MaxAnswerBytes} bytes");
}
