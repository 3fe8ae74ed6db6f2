using System.Collections;
using SqsAotLambda;
using SqsAotLambda.Aws;
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

    log = new Log(output, settings.LogLevel, time, settings.Url, environment.GetValueOrDefault("AWS_LAMBDA_FUNCTION_NAME", ""), settings.MaxReceiveCount);
    using var endpoint = new Endpoint(settings.Timeout, settings.ConnectTimeout, time);
    var classification = new Classification(settings.SuccessOn, settings.RetryOn, settings.RejectOn);
    var forwarder = new Forwarder(endpoint, new RequestBuilder(settings, Random.Shared), classification, time);

    using var aws = new AwsJson("sqs", AwsCredentials.From(environment), time);
    var sqs = new SqsApi(aws.CallAsync, settings.SqsEndpoint);
    var deadLetters = new DeadLetters(sqs, settings.DeadLetterQueue, settings.Url, time, log);
    var visibility = new Visibility(sqs, log);

    var breaker = new Breaker(settings.Breaker, time);
    var rate = settings.RateLimit is { } perSecond ? new RateLimit(perSecond, time) : null;
    var deliverer = new Deliverer(forwarder.ForwardAsync, deadLetters.BuryAsync, breaker, rate, settings.MaxReceiveCount);
    var handler = new BatchHandler(
        deliverer, new Concurrency(settings.Concurrency), breaker, settings.Backoff, visibility.PostponeAsync, time, Random.Shared.NextDouble, log);
    await host.RunAsync(handler.HandleAsync, settings.DeadlineMargin, log);
}
catch (RuntimeApiException e)
{
    log.RuntimeApiLost(e);
}

// A host that can still work does not return.
return 1;
