using System.Collections;
using SqsAotLambda;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Runtime;

var time = TimeProvider.System;
var output = Console.OpenStandardOutput();
var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");
if (environment.GetValueOrDefault("AWS_LAMBDA_RUNTIME_API") is not { Length: > 0 } runtimeApi)
{
    Console.Error.WriteLine("AWS_LAMBDA_RUNTIME_API is not set: this program runs in AWS Lambda, or under the local runner (make run).");
    return 1;
}

var log = new Log(output, LogLevel.Info, time);
var host = new LambdaHost(runtimeApi, time);
try
{
    Settings settings;
    try
    {
        settings = Settings.Parse(environment);
    }
    catch (InvalidSettingsException e)
    {
        log.SettingsRefused(e);
        await host.FailInitAsync(e);
        return 1;
    }

    log = new Log(output, settings.LogLevel, time, settings.Url);
    using var endpoint = new Endpoint(settings.Timeout, settings.ConnectTimeout, time);
    var forwarder = new Forwarder(endpoint, new RequestBuilder(settings, Random.Shared));
    var handler = new BatchHandler(forwarder.ForwardAsync, settings.Concurrency, time, log);
    await host.RunAsync(handler.HandleAsync, settings.DeadlineMargin, log);
}
catch (RuntimeApiException e)
{
    log.RuntimeApiLost(e);
}

// A host that can still work does not return.
return 1;
