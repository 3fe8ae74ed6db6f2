using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>The scripts that build and deploy, with programs of the test's own in the place of those they call.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly Tools tools = new();

    public void Dispose() => tools.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Without_the_native_pack_package_names_it_and_stops()
    {
        var (status, output) = await tools.RunAsync(
            "package.sh", ("ARCH", "arm64"), ("RestoreSources", tools.Folder), ("NUGET_PACKAGES", Path.Combine(tools.Folder, "packages")));

        Assert.Equal(1, status);
        Assert.Equal(
            "The package feed has no Microsoft.NETCore.App.Runtime.NativeAOT.linux-arm64, which a native build for linux-arm64 needs.", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_package_of_AWS_package_names_it_and_its_version_and_stops()
    {
        tools.Tool("dotnet", "echo 'error NU1101: Unable to find package Amazon.Lambda.SQSEvents. No packages exist with this id'; exit 1");

        var (status, output) = await tools.RunAsync("package.sh", ("LAMBDA_HOST", "Amazon"));

        Assert.Equal(1, status);
        Assert.Matches(
            @"^LAMBDA_HOST=Amazon needs the package Amazon\.Lambda\.SQSEvents \d+\.\d+\.\d+, which the package feed does not have\.$", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_the_tools_for_arm64_it_is_told_which_would_run_its_binary()
    {
        tools.Link("bash", "dirname", "uname", "sed", "tr", "mkdir", "rm", "tee");
        var scripts = Directory.CreateDirectory(Path.Combine(tools.Folder, "scripts")).FullName;
        foreach (var script in new[] { "common.sh", "emulated.sh" })
        {
            File.Copy(Path.Combine(Repository.Root, "scripts", script), Path.Combine(scripts, script));
        }

        await using var process = new ChildProcess(
            Path.Combine(tools.Folder, "bash"), [Path.Combine(scripts, "emulated.sh")], [("PATH", tools.Folder)]);
        Assert.SkipWhen(Repository.Rid == "linux-arm64", "Nothing is emulated here: all other tests run the arm64 binary.");

        Assert.Equal(0, await process.ExitAsync());
        Assert.Contains("needs clang, lld and the C libraries of that architecture (Debian and Ubuntu: apt-get install ", process.Output);
        Assert.Equal(process.Output, File.ReadAllText(Path.Combine(tools.Folder, "artifacts", "emulated", "missing")).Trim());
    }

    [Fact(Timeout = 120_000)]
    public async Task An_unknown_architecture_is_refused()
    {
        var (status, output) = await tools.RunAsync("package.sh", ("ARCH", "riscv64"));

        Assert.Equal(1, status);
        Assert.Contains("riscv64 is no architecture of Lambda: ARCH takes arm64 or x86_64.", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Deploy_without_inputs_says_which_file_to_fill_in()
    {
        tools.Tool("terraform", "exit 9");
        var folder = Directory.CreateDirectory(Path.Combine(tools.Folder, "stack")).FullName;
        File.WriteAllText(Path.Combine(folder, "terraform.tfvars.example"), "");

        var (status, output) = await tools.RunAsync("terraform.sh apply some.zip", ("DIR", folder));

        Assert.Equal(1, status);
        Assert.Equal($"{folder}/terraform.tfvars is missing: copy {folder}/terraform.tfvars.example to it and fill it in.", output);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("architecture = \"x86_64\"")]
    [InlineData("  package=\"some.zip\"")]
    public async Task Deploy_refuses_inputs_that_would_win_over_the_package_that_was_built(string input)
    {
        tools.Tool("terraform", "exit 9");
        File.WriteAllText(Path.Combine(tools.Folder, "terraform.tfvars"), input + "\n");

        var (status, output) = await tools.RunAsync("terraform.sh apply some.zip", ("DIR", tools.Folder));

        Assert.Equal(1, status);
        Assert.Contains("would win over what make builds: leave them out, and choose with ARCH=x86_64.", output);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("", 0)]
    [InlineData("true", 2)]
    public async Task Without_Terraform_its_tests_are_skipped_by_name_and_in_CI_that_is_a_failure(string ci, int expected)
    {
        tools.Link("bash", "make", "env", "uname", "cat");
        await using var process = new ChildProcess(
            Path.Combine(tools.Folder, "make"), ["--no-print-directory", "terraform-test"],
            [
                ("PATH", tools.Folder),
                .. ci.Length == 0 ? [] : new[] { ("CI", ci) },
            ], Repository.Root);

        Assert.Equal(expected, await process.ExitAsync());
        Assert.Contains("skipped: the Terraform tests need Terraform 1.11 or newer", process.Output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Deploy_initialises_and_applies_with_the_package_and_its_architecture()
    {
        tools.Tool("terraform", "echo \"$* $TF_VAR_architecture $TF_VAR_package\"");
        var folder = Directory.CreateDirectory(Path.Combine(tools.Folder, "stack")).FullName;
        File.WriteAllText(Path.Combine(folder, "terraform.tfvars"), "");
        var zip = Path.Combine(tools.Folder, "some.zip");
        File.WriteAllText(zip, "");

        var (status, output) = await tools.RunAsync($"terraform.sh apply {zip}", ("DIR", folder), ("ARCH", "x86_64"));

        Assert.Equal(0, status);
        Assert.Equal($"-chdir={folder} init -input=false x86_64 {zip}\n-chdir={folder} apply x86_64 {zip}", output);
    }
}
