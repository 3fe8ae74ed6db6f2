using System.Text.Json;
using System.Text.RegularExpressions;
using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>The Terraform module gives the function what the README, and with it the code, say are its settings.</summary>
public sealed partial class TerraformSettingsTests
{
    /// <summary>
    /// Not in a plan of the defaults: the log level is in logging_config, the user agent carries the version, the lists, the limits and the type of
    /// events are set when they are given, as are routes and credentials, the dead-letter queue's URL is known after apply. Loopback and other
    /// endpoints of AWS are for local runs.
    /// </summary>
    private static readonly string[] Elsewhere =
    [
        "AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_SSM", "AWS_LAMBDA_LOG_LEVEL", "FORWARD_ALLOW_LOOPBACK",
        "FORWARD_AUTH", "FORWARD_CLOUDEVENTS_TYPE", "FORWARD_DLQ_URL", "FORWARD_GROUP_CONCURRENCY", "FORWARD_PRECONNECT", "FORWARD_RATE_LIMIT",
        "FORWARD_REDRIVE_KEY", "FORWARD_REJECT_ON", "FORWARD_RETRY_ON", "FORWARD_ROUTES", "FORWARD_ROUTES_FILE", "FORWARD_USER_AGENT",
    ];

    [Fact(Timeout = 120_000)]
    public async Task Names_and_defaults_are_the_same()
    {
        Repository.RequireTerraform();
        var planned = await PlannedAsync("https://example.com/hook");

        var readme = SettingsRow().Matches(File.ReadAllText(Path.Combine(Repository.Root, "README.md")))
            .ToDictionary(row => row.Groups["name"].Value, row => row.Groups["default"].Value);

        var written = ForwardName().Matches(File.ReadAllText(Path.Combine(Repository.Root, "terraform", "function.tf"))).Select(name => name.Value);
        Assert.Subset(readme.Keys.ToHashSet(), written.ToHashSet());
        readme["FORWARD_URL"] = "https://example.com/hook";
        readme["FORWARD_MAX_RECEIVE_COUNT"] = "10";
        Assert.Equal(
            readme.Where(setting => !Elsewhere.Contains(setting.Key)).OrderBy(setting => setting.Key), planned.OrderBy(setting => setting.Key));
    }

    /// <summary>The function's environment in a plan of the standard example.</summary>
    private static async Task<Dictionary<string, string>> PlannedAsync(string url)
    {
        var plan = $"""
            file=$(mktemp); trap 'rm -f "$file"' EXIT
            run=terraform/tests/offline/run.sh example=-chdir=terraform/examples/standard
            $run terraform $example plan -input=false -lock=false -out="$file" -var=region=eu-west-1 -var=endpoint_url={url} \
              -var=package="$PWD/terraform/tests/fixtures/package.zip" >&2
            $run terraform $example show -json "$file"
            """;
        await using var process = new ChildProcess(
            "/usr/bin/env", ["bash", "-euc", plan], Repository.Environment.Select(each => (each.Key, each.Value)), Repository.Root);

        Assert.True(await process.ExitAsync() == 0, process.Output);
        var json = JsonDocument.Parse(process.Lines.Single(line => line.StartsWith("{\"format_version\"", StringComparison.Ordinal))).RootElement;
        var function = json.GetProperty("planned_values").GetProperty("root_module").GetProperty("child_modules")[0].GetProperty("resources")
            .EnumerateArray().Single(resource => resource.GetProperty("type").GetString() == "aws_lambda_function");
        return function.GetProperty("values").GetProperty("environment")[0].GetProperty("variables").Deserialize<Dictionary<string, string>>()!;
    }

    [GeneratedRegex(@"\bFORWARD_[A-Z]+(_[A-Z]+)*\b")]
    private static partial Regex ForwardName();

    [GeneratedRegex(@"^\| `(?<name>(FORWARD|AWS)_[A-Z_]+)` \| (`(?<default>[^`]*)`)?", RegexOptions.Multiline)]
    private static partial Regex SettingsRow();
}
