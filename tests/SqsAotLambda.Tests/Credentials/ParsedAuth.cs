using SqsAotLambda.Credentials;
using SqsAotLambda.Settings;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>Entries of FORWARD_AUTH as they are read, and what is wrong with them.</summary>
internal static class ParsedAuth
{
    public const string Arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf";
    public const string ParameterArn = "arn:aws:ssm:eu-central-1:123456789012:parameter/orders/api-key";
    public const string Hidden = "hunter2";
    public const string NotASource = "it takes env:NAME, secretsmanager:ARN or ssm:ARN, the ARN with #json-key or without, never the secret itself";

    public static AuthEntries Parse(string json, params (string Name, string Value)[] others) =>
        FunctionSettings.Parse(Environment(json, others)).Auth;

    public static IReadOnlyList<string> Faults(string json) =>
        Assert.Throws<InvalidSettingsException>(() => FunctionSettings.Parse(Environment(json))).Faults;

    public static Dictionary<string, string> Environment(string json, params (string Name, string Value)[] others)
    {
        var environment = others.ToDictionary(each => each.Name, each => each.Value);
        environment.Add("FORWARD_URL", "https://example.com");
        environment.Add("FORWARD_AUTH", json);
        environment.Add("SECRET", Hidden);
        environment.Add("EMPTY", "");
        environment.Add("LINES", "hunter2\r\nX: y");
        environment.Add("WEBHOOK", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        environment.Add("RAW_WEBHOOK", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        environment.Add("PUBLIC_KEY", "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        environment.Add("BARE_PREFIX", "whsec_");
        environment.Add("SHORT_KEY", $"whsec_{Convert.ToBase64String(new byte[23])}");
        environment.Add("LONG_KEY", $"whsec_{Convert.ToBase64String(new byte[65])}");
        return environment;
    }
}
