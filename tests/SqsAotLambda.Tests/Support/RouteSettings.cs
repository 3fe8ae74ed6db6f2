using SqsAotLambda.Requests;
using SqsAotLambda.Settings;

namespace SqsAotLambda.Tests.Support;

/// <summary>Routes of settings, or what is wrong with them.</summary>
internal static class RouteSettings
{
    public static IReadOnlyList<Route> Routes(string json) => Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", json)).Routes;

    public static IReadOnlyList<string> Faults(params (string, string)[] settings) =>
        Assert.Throws<InvalidSettingsException>(() => Given.Settings(new("https://example.com/"), settings)).Faults;
}
