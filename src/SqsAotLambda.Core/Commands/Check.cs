using SqsAotLambda.Credentials;
using SqsAotLambda.Reading;
using SqsAotLambda.Requests;
using SqsAotLambda.Settings;

namespace SqsAotLambda.Commands;

/// <summary><c>bootstrap check</c>: what the settings amount to, or everything that is wrong with them. Nothing is sent.</summary>
internal static class Check
{
    /// <returns>The exit status: 0 when the function would start with these settings, else 1.</returns>
    public static int Run(IReadOnlyDictionary<string, string> environment, TextWriter output, TextWriter errors)
    {
        var read = new Variables(environment);
        try
        {
            Tell(FunctionSettings.Parse(read), read, environment, output);
            return 0;
        }
        catch (InvalidSettingsException e)
        {
            foreach (var fault in e.Faults) errors.WriteLine(fault);
            return 1;
        }
    }

    private static void Tell(FunctionSettings settings, Variables read, IReadOnlyDictionary<string, string> environment, TextWriter output)
    {
        output.WriteLine("Routes; the first that takes a message has it:");
        foreach (var route in settings.Routes) Tell(route, output);
        if (settings.Routes[^1].When != Condition.Always) output.WriteLine("  A message that none of them takes is Rejected.");

        IEnumerable<AuthEntry> entries = [.. settings.Auth.Credentials.Values, .. settings.Auth.Signatures.Values];
        output.WriteLine();
        output.WriteLine(entries.Any() ? "Credentials and signatures:" : "No credentials and signatures.");
        foreach (var entry in entries)
            output.WriteLine($"  {entry.Name}: {entry.Summary}{string.Concat(entry.Secrets.Select(secret => $", {secret}"))}");

        output.WriteLine();
        output.WriteLine("Other settings:");
        foreach (var name in read.Defaults.Keys.Except(FunctionSettings.OfRoutesAndCredentials).Order(StringComparer.Ordinal))
            output.WriteLine($"  {name}={(read.IsSet(name) ? environment[name] : read.Defaults[name])}");
    }

    private static void Tell(Route route, TextWriter output)
    {
        var what = route.IsDropped ? "dropped" : route.MessageRule is { } rule ? Described(route, rule) : $"{route.Method} {route.Shown}";
        output.WriteLine($"  {route.Name}: {what}");
        if (route.When != Condition.Always) output.WriteLine($"    when {route.When}");
        if (route.IsDropped) return;

        var details = new List<string> { $"timeout {route.Timeout.TotalSeconds} s" };
        if (!route.Resend) details.Add("sent once");
        if (route.Statuses.HeedsDisposition) details.Add("heeds Forward-Disposition");
        if (route.Headers.Count > 0) details.Add($"headers {string.Join(", ", route.Headers.Select(header => header.Name))}");
        if (route.Body is not null) details.Add("a body of its own");
        if (route.MessageRule?.Headers.Added is { Count: > 0 } added) details.Add($"messages may also set {string.Join(", ", added)}");
        if (route.MessageRule is { AllowPrivate: true }) details.Add("private networks allowed");
        if (route.Auth is { } auth) details.Add($"auth {auth}");
        if (route.Sign is { } sign) details.Add($"sign {sign}");
        output.WriteLine($"    {string.Join("; ", details)}");
    }

    private static string Described(Route route, MessageRule rule)
    {
        var places = new List<string>();
        if (route.Url is not null) places.Add($"a path under {route.Url.Shown}");
        if (!rule.Hosts.IsEmpty) places.Add($"a url at {rule.Hosts}");
        return $"as each message describes, {route.Method} unless it says, to {string.Join(" or ", places)}";
    }
}
