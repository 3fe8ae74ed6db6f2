using System.Collections;
using System.Net;
using System.Runtime.InteropServices;

namespace SqsAotLambda.EndToEnd.Support;

/// <summary>Where the programs under test lie, and what this machine lacks to run them.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Rid { get; } = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    /// <summary>The program to start: the native binary, or what emulates it.</summary>
    /// <param name="host">Own; Amazon, skipped by the name of the package where AWS's packages can't be had; or Emulated, which is our own for
    /// arm64 on a machine of another architecture, skipped by the name of the tool that is missing, and in CI that is a failure.</param>
    public static string Bootstrap(string host)
    {
        Assert.SkipWhen(host == "Emulated" && Rid == "linux-arm64", "Nothing is emulated here: all other tests run the arm64 binary.");
        var folder = Path.Combine(Root, "artifacts", host switch { "Emulated" => "emulated", "Amazon" => $"{Rid}-amazon", _ => Rid });
        var missing = Path.Combine(folder, "missing");
        var lacks = File.Exists(missing) ? File.ReadAllText(missing).Trim() : "";
        Assert.SkipWhen(host == "Amazon" && lacks.Length > 0, lacks);
        Assert.SkipWhen(Environment.GetValueOrDefault("EMULATED") == "off" && lacks.Length > 0, lacks);
        Require(lacks.Length == 0, lacks);

        var bootstrap = Path.Combine(folder, "bootstrap");
        Assert.True(File.Exists(bootstrap), $"{bootstrap} is missing: make test builds it.");
        return bootstrap;
    }

    /// <summary>The native binary itself; skips as <see cref="Bootstrap"/> does.</summary>
    public static string Binary(string host)
    {
        var program = Bootstrap(host);
        return host == "Emulated" ? Path.Combine(Root, "artifacts", "linux-arm64", "bootstrap") : program;
    }

    public static string LocalRunner
    {
        get
        {
            // artifacts/bin/SqsAotLambda.EndToEnd/debug: the same configuration of the runner lies beside it.
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
            return Path.Combine(Root, "artifacts", "bin", "SqsAotLambda.Local", configuration, "sqsaotlambda-local");
        }
    }

    /// <summary>For programs that need this machine's tools.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = System.Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>().ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");

    /// <summary>Skips the test where there is no Node.js; in CI that is a failure.</summary>
    public static void RequireQueue() => Require(
        File.Exists(Path.Combine(Root, "artifacts", "queue", "node_modules", ".package-lock.json")),
        "The local queue is not installed: it needs Node.js 20 or newer (https://nodejs.org); make test installs the rest.");

    /// <summary>Skips the test where there is no Terraform; in CI that is a failure.</summary>
    public static void RequireTerraform() => Require(
        Environment["PATH"].Split(':').Any(folder => File.Exists(Path.Combine(folder, "terraform"))),
        "Terraform is missing: install version 1.11 or newer from https://developer.hashicorp.com/terraform/install.");

    /// <summary>A name of loopback that a URL does not show to be one; skips the test where there is none, in CI that is a failure.</summary>
    public static string RequireLoopbackName()
    {
        var name = File.ReadLines("/etc/hosts")
            .Select(line => line.Split('#')[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(line => line.Length > 1 && IPAddress.TryParse(line[0], out var address) && IPAddress.IsLoopback(address))
            .SelectMany(line => line[1..])
            .FirstOrDefault(name => !new Uri($"http://{name}/").IsLoopback);
        Require(name is not null, "/etc/hosts has no other name of loopback than localhost, such as ip6-localhost.");
        return name!;
    }

    private static void Require(bool present, string why)
    {
        if (present) return;
        if (Environment.GetValueOrDefault("CI") is { Length: > 0 }) Assert.Fail(why);
        Assert.Skip(why);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SqsAotLambda.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
