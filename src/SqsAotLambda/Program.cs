using System.Collections;
using SqsAotLambda;
using SqsAotLambda.Aws;
using SqsAotLambda.Commands;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;
using SqsAotLambda.Runtime;
using SqsAotLambda.Settings;

// First: where the standard output is closed, it takes the number that the loop's first descriptor would get, and with it the lines.
using var output = new StandardOutput();
using var driver = new KernelDriver();
var loop = new Loop(driver);
var environment = new Dictionary<string, string>();
foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables()) environment[(string)variable.Key] = (string?)variable.Value ?? "";
if (args is ["check"]) return Check.Run(environment, Console.Out, Console.Error);
if (args is ["explain", var path])
    return loop.Run(() => Explain.RunAsync(path, Console.OpenStandardInput, environment, loop, Console.Out, Console.Error));

if (args.Length > 0)
{
    Console.Error.WriteLine(
        "Usage: bootstrap, in AWS Lambda; bootstrap check, which tells what the settings in its environment amount to; "
        + "or bootstrap explain EVENT.json, which shows the requests that the messages of an SQS event become, and sends none "
        + "(- is standard input).");
    return args is ["--help"] ? 0 : 2;
}

if (environment.GetValueOrDefault("AWS_LAMBDA_RUNTIME_API") is not { Length: > 0 } runtimeApi)
{
    Console.Error.WriteLine("AWS_LAMBDA_RUNTIME_API is not set: this program runs in AWS Lambda, or under the local runner (make run).");
    return 1;
}

var log = new JsonLog(output, LogLevel.Info, loop.Time);
var host = new LambdaHost(runtimeApi, loop);
try
{
    FunctionSettings settings;
    try
    {
        settings = FunctionSettings.Parse(environment);
    }
    catch (InvalidSettingsException e)
    {
        log.SettingsRefused(e);
        host.FailInit(e);
        return 1;
    }

    log = new JsonLog(output, settings.LogLevel, loop.Time);
    var around = new Surroundings(log, loop)
    {
        Tls = TrustStore.Of(environment, loop.Time),
        Credentials = AwsCredentials.From(environment),
        FunctionName = environment.GetValueOrDefault("AWS_LAMBDA_FUNCTION_NAME", ""),
    };
    using var function = Function.Compose(settings, around);
    loop.Run(function.PrepareAsync);
    host.Run(function.HandleAsync, settings.DeadlineMargin, log);
}
catch (RuntimeApiException e)
{
    log.RuntimeApiLost(e);
}

// A host that can still work does not return.
return 1;
