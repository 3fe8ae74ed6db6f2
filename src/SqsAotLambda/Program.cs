using System.Collections;
using SqsAotLambda.Aws;
using SqsAotLambda.Commands;
using SqsAotLambda.Credentials;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Requests;
using SqsAotLambda.Runtime;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;

var time = TimeProvider.System;
using var output = new StandardOutput();
var environment = new Dictionary<string, string>();
foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables()) environment[(string)variable.Key] = (string?)variable.Value ?? "";
if (args is ["check"]) return Check.Run(environment, Console.Out, Console.Error);
if (args is ["explain", var path]) return await Explain.RunAsync(path, Console.OpenStandardInput, environment, time, Console.Out, Console.Error);
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

var trust = TrustStore.Take(environment, time);
var log = new JsonLog(output, LogLevel.Info, time);
var host = new LambdaHost(runtimeApi);
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
        await host.FailInitAsync(e);
        return 1;
    }

    log = new JsonLog(output, settings.LogLevel, time);
    var credentials = AwsCredentials.From(environment);
    var guard = new AddressGuard(settings.AllowLoopback);
    using var connections = Connections(guard);
    // One that was opened to a private network must not carry what may not go there.
    using var guarded = Connections(guard.WithoutPrivate);
    using var keyring = settings is { Auth.IsEmpty: true, RedriveKey: null }
        ? Keyring.Empty
        : new Keyring(
            settings.Auth,
            settings.SecretsManagerEndpoint,
            settings.ParameterStoreEndpoint,
            connections,
            credentials,
            trust,
            time,
            log,
            settings.RedriveKey);
    await keyring.PrefetchAsync();
    if (settings is { Preconnect: true, Routes: [.., { MessageRule: null, Url.Whole: { } url }] }) await connections.PreconnectAsync(url);

    var endpoints = settings.Routes
        .Select(route => new Endpoint(
            route,
            new Breaker(settings.Breaker, time),
            new Concurrency(settings.Concurrency),
            keyring.Credential(route.Auth),
            keyring.Signature(route.Sign)))
        .ToList();
    var forwarder = new Forwarder(
        new HttpSender(connections, time).SendAsync, new HttpSender(guarded, time).SendAsync, new RequestBuilder(settings.Requests, Random.Shared));

    using var aws = new AwsJson("sqs", "1.0", credentials, trust, time, SqsApi.MaxAnswer);
    var sqs = new SqsApi(aws.CallAsync, settings.SqsEndpoint);
    var deadLetters = new DeadLetters(sqs, settings.DeadLetterQueue, time, log, keyring.RedriveSeal);
    var visibility = new Visibility(sqs, log);

    var rate = settings.RateLimit is { } perSecond ? new RateLimit(perSecond, time) : null;
    Identify? identify = keyring.RedriveSeal is { } seal ? seal.IdentifyAsync : null;
    var deliverer = new Deliverer(endpoints, forwarder.ForwardAsync, deadLetters.BuryAsync, rate, settings.MaxReceiveCount, identify);
    var handler = new BatchHandler(
        endpoints,
        deliverer,
        settings.Concurrency,
        settings.Backoff,
        visibility.PostponeAsync,
        failed => BatchResponse.ToJson(failed),
        time,
        Random.Shared.NextDouble,
        new BatchReport(log, environment.GetValueOrDefault("AWS_LAMBDA_FUNCTION_NAME", ""), settings.MaxReceiveCount, time));
    await host.RunAsync(handler.HandleAsync, settings.DeadlineMargin, log);

    ConnectionPool Connections(AddressGuard addresses) =>
        new(new Connector(new GuardedDialler(addresses).DialAsync, trust, settings.ConnectTimeout, HttpSender.MaxBody, time), time);
}
catch (RuntimeApiException e)
{
    log.RuntimeApiLost(e);
}

// A host that can still work does not return.
return 1;
