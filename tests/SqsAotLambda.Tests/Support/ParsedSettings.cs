using SqsAotLambda.Settings;

namespace SqsAotLambda.Tests.Support;

/// <summary>Settings as they are read from an environment, and what is wrong with it.</summary>
internal static class ParsedSettings
{
    public const string Url = "https://example.com/hook";

    /// <summary>Settings with an endpoint, unless another is given.</summary>
    public static FunctionSettings Parse(params (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(each => each.Name, each => each.Value);
        variables.TryAdd("FORWARD_URL", Url);
        return FunctionSettings.Parse(variables);
    }

    public static Uri UrlOf(FunctionSettings settings)
    {
        Assert.True(settings.Routes[^1].Url!.TryFill(Given.Message(), out var url, out _));
        return url;
    }

    public static IReadOnlyList<string> Faults(params (string Name, string Value)[] environment) =>
        Assert.Throws<InvalidSettingsException>(() => Parse(environment)).Faults;
}
