using System.Globalization;
using SqsAotLambda.Local.Queue;

namespace SqsAotLambda.Local.Lambda;

/// <summary>What every execution environment of the function has in common.</summary>
internal sealed record Function(string Path, TimeSpan Timeout, bool Chunked, IReadOnlyDictionary<string, string> Variables)
{
    private const string Name = "sqsaotlambda-local";

    /// <summary>A function that times out this soon cannot spare the 1500 ms that it keeps by default.</summary>
    private static readonly TimeSpan ShortTimeout = TimeSpan.FromSeconds(10);
    private const string ShortDeadlineMargin = "500ms";

    public const string Arn = $"arn:aws:lambda:us-east-1:000000000000:function:{Name}";

    /// <param name="samples">Variables that the samples ask for; null: there are none.</param>
    public static Function Of(Settings settings, Uri url, IReadOnlyDictionary<string, string>? samples, Uri sqsAddress, Queues queues)
    {
        var variables = new Dictionary<string, string>
        {
            ["FORWARD_URL"] = url.ToString(),
            ["FORWARD_ALLOW_LOOPBACK"] = "true",
            ["FORWARD_TIMEOUT"] = $"{settings.RequestTimeout.TotalMilliseconds:0}ms",
            ["FORWARD_BACKOFF_BASE"] = Duration.Format(settings.BackoffBase),
            ["FORWARD_MAX_RECEIVE_COUNT"] = settings.MaxReceiveCount.ToString(CultureInfo.InvariantCulture),
            ["FORWARD_DLQ_URL"] = queues.DeadLetterUrl,
            ["AWS_ENDPOINT_URL_SQS"] = sqsAddress.ToString(),
            ["AWS_LAMBDA_LOG_LEVEL"] = "INFO",
        };
        if (url.Scheme == Uri.UriSchemeHttp) variables["FORWARD_ALLOW_HTTP"] = "true";
        if (settings.FunctionTimeout < ShortTimeout) variables["FORWARD_DEADLINE_MARGIN"] = ShortDeadlineMargin;
        foreach (var (name, value) in samples ?? new Dictionary<string, string>()) variables[name] = value;
        foreach (var (name, value) in settings.Variables) variables[name] = value;
        // Last, because Lambda's own names cannot be overridden.
        foreach (var (name, value) in LambdaVariables(settings)) variables[name] = value;
        return new Function(settings.Bootstrap, settings.FunctionTimeout, settings.Chunked, variables);
    }

    // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    private static Dictionary<string, string> LambdaVariables(Settings settings) => new()
    {
        ["_HANDLER"] = "bootstrap",
        ["LAMBDA_TASK_ROOT"] = System.IO.Path.GetDirectoryName(settings.Bootstrap)!,
        ["LAMBDA_RUNTIME_DIR"] = "/var/runtime",
        ["AWS_EXECUTION_ENV"] = "AWS_Lambda_provided.al2023",
        ["AWS_LAMBDA_FUNCTION_NAME"] = Name,
        ["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST",
        ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = settings.MemoryMegabytes.ToString(CultureInfo.InvariantCulture),
        ["AWS_LAMBDA_LOG_GROUP_NAME"] = $"/aws/lambda/{Name}",
        ["AWS_LAMBDA_LOG_STREAM_NAME"] = "local",
        ["AWS_LAMBDA_LOG_FORMAT"] = "JSON",
        ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand",
        ["AWS_XRAY_DAEMON_ADDRESS"] = "169.254.79.129:2000",
        ["AWS_REGION"] = "us-east-1",
        ["AWS_DEFAULT_REGION"] = "us-east-1",
        ["AWS_ACCESS_KEY_ID"] = "local",
        ["AWS_SECRET_ACCESS_KEY"] = "local",
        ["AWS_SESSION_TOKEN"] = "local",
        ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
        ["LANG"] = "en_US.UTF-8",
        ["TZ"] = ":UTC",
    };
}
