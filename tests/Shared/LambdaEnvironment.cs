using System.Globalization;

namespace SqsAotLambda.Tests.Shared;

/// <summary>What Lambda gives every function: its variables, and the headers of an invocation.</summary>
internal static class LambdaEnvironment
{
    private const string Name = "forwarder";
    private const string Region = "us-east-1";

    /// <param name="runtimeApi">Host and port.</param>
    /// <param name="memory">In MB.</param>
    /// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime</remarks>
    public static IEnumerable<(string Name, string Value)> Variables(string runtimeApi, int memory, string taskRoot = "/var/task") =>
    [
        ("AWS_LAMBDA_RUNTIME_API", runtimeApi),
        ("_HANDLER", "bootstrap"),
        ("LAMBDA_TASK_ROOT", taskRoot),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
        ("AWS_LAMBDA_FUNCTION_NAME", Name),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory.ToString(CultureInfo.InvariantCulture)),
        ("AWS_LAMBDA_LOG_GROUP_NAME", $"/aws/lambda/{Name}"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "stream"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_REGION", Region),
        ("AWS_DEFAULT_REGION", Region),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret access key"),
        ("AWS_SESSION_TOKEN", "session token"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
    ];

    /// <summary>Of the answer to <c>next</c>.</summary>
    /// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-next</remarks>
    public static IEnumerable<string> InvocationHeaders(string requestId, DateTimeOffset deadline) =>
    [
        $"Lambda-Runtime-Aws-Request-Id: {requestId}",
        $"Lambda-Runtime-Deadline-Ms: {deadline.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}",
        $"Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:{Region}:123456789012:function:{Name}",
    ];
}
