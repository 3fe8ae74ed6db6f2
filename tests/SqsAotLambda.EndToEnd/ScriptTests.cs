using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>The scripts behind make, with programs of the test's own in the place of those they call.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly string tools = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(tools, recursive: true);

    [Fact(Timeout = 120_000)]
    public async Task Without_the_native_pack_package_names_it_and_stops()
    {
        var (status, output) = await RunAsync(
            "package.sh", ("ARCH", "arm64"), ("RestoreSources", tools), ("NUGET_PACKAGES", Path.Combine(tools, "packages")));

        Assert.Equal(1, status);
        Assert.Equal(
            "The package feed has no Microsoft.NETCore.App.Runtime.NativeAOT.linux-arm64, which a native build for linux-arm64 needs.", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_package_of_AWS_package_names_it_and_its_version_and_stops()
    {
        Tool("dotnet", "echo 'error NU1101: Unable to find package Amazon.Lambda.SQSEvents. No packages exist with this id'; exit 1");

        var (status, output) = await RunAsync("package.sh", ("LAMBDA_HOST", "Amazon"));

        Assert.Equal(1, status);
        Assert.Matches(
            @"^LAMBDA_HOST=Amazon needs the package Amazon\.Lambda\.SQSEvents \d+\.\d+\.\d+, which the package feed does not have\.$", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_the_tools_for_arm64_it_is_told_which_would_run_its_binary()
    {
        Link("bash", "dirname", "uname", "sed", "tr", "mkdir", "rm", "tee");
        var scripts = Directory.CreateDirectory(Path.Combine(tools, "scripts")).FullName;
        foreach (var script in new[] { "common.sh", "emulated.sh" })
        {
            File.Copy(Path.Combine(Repository.Root, "scripts", script), Path.Combine(scripts, script));
        }

        await using var process = new ChildProcess(Path.Combine(tools, "bash"), [Path.Combine(scripts, "emulated.sh")], [("PATH", tools)]);
        Assert.SkipWhen(Repository.Rid == "linux-arm64", "Nothing is emulated here: all other tests run the arm64 binary.");

        Assert.Equal(0, await process.ExitAsync());
        Assert.Contains("needs clang, lld and the C libraries of that architecture (Debian and Ubuntu: apt-get install ", process.Output);
        Assert.Equal(process.Output, File.ReadAllText(Path.Combine(tools, "artifacts", "emulated", "missing")).Trim());
    }

    [Fact(Timeout = 120_000)]
    public async Task An_unknown_architecture_is_refused()
    {
        var (status, output) = await RunAsync("package.sh", ("ARCH", "riscv64"));

        Assert.Equal(1, status);
        Assert.Contains("riscv64 is no architecture of Lambda: ARCH takes arm64 or x86_64.", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_the_AWS_CLI_it_says_where_to_get_it()
    {
        Link("bash", "dirname");

        var (status, output) = await RunAsync("aws.sh send", ("PATH", tools));

        Assert.Equal(1, status);
        Assert.Equal("The AWS CLI is missing: install version 2 from https://aws.amazon.com/cli/.", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_state_it_says_to_deploy_first()
    {
        Tool("aws", "exit 9");
        Tool("terraform", "echo {}");

        var (status, output) = await RunAsync("aws.sh redrive", ("DIR", "some/stack"));

        Assert.Equal(1, status);
        Assert.Equal("some/stack has no Terraform state: run make deploy first, or name the deployed folder with DIR=….", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_message_send_shows_how()
    {
        Deployed("orders");

        var (status, output) = await RunAsync("aws.sh send");

        Assert.Equal(1, status);
        Assert.Equal("MESSAGE is missing: make send MESSAGE='{\"hello\":\"world\"}'.", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Send_sends_the_message_to_the_queue_of_the_state()
    {
        Deployed("orders");

        var (status, output) = await RunAsync("aws.sh send", ("MESSAGE", "{\"a\": \"b c\"}"));

        Assert.Equal(0, status);
        Assert.Equal(
            "[sqs][send-message][--region][eu-west-1][--queue-url][https://sqs/orders][--message-body][{\"a\": \"b c\"}][--output][json]", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Send_gives_a_FIFO_message_its_group()
    {
        Deployed("orders.fifo");

        var (_, output) = await RunAsync("aws.sh send", ("MESSAGE", "m"), ("GROUP", "g"));

        Assert.Matches(@"\[--message-group-id\]\[g\]\[--message-deduplication-id\]\[\d+-\d+\]", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Redrive_names_both_queues()
    {
        Deployed("orders");

        var (_, output) = await RunAsync("aws.sh redrive");

        Assert.Contains("[--source-arn][arn:aws:sqs:eu-west-1:1:orders-dlq][--destination-arn][arn:aws:sqs:eu-west-1:1:orders]", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_look_at_the_dead_letters_leaves_them_where_they_are()
    {
        Deployed("orders");

        var (_, output) = await RunAsync("aws.sh dead-letters");

        Assert.Contains("[receive-message][--region][eu-west-1][--queue-url][https://sqs/orders-dlq]", output);
        Assert.Contains("[--visibility-timeout][0]", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Bench_tells_percentiles_and_what_a_million_messages_cost()
    {
        Deployed("orders");
        Tool("aws", """
            case "$*" in
              *start-query*BatchHandled*) echo batches ;;
              *start-query*) echo reports ;;
              *"--query status") echo Complete ;;
              *batches*) printf 'messages\t9000\n' ;;
              *) printf '%s\t%s\n' invocations 1000 cold 3 initP50 21.5 initP99 30 durationP50 200 durationP99 400.4 \
                memoryP50 24 memoryMax 31 billed 210000 size 256 ;;
            esac
            """);

        var (status, output) = await RunAsync("aws.sh bench", ("SINCE", "15m"));

        // 111,111 batches: 210 s x 0.25 GB x 111.1 = 5,833 GB-s.
        Assert.Equal(0, status);
        Assert.Equal(
            """
            Asking CloudWatch for the last 15m of /aws/lambda/orders…
            invocations              1000, 3 of them cold
            cold start (init)        p50 21.5 ms, p99 30.0 ms
            duration                 p50 200.0 ms, p99 400.4 ms
            memory                   p50 24 MB, max 31 MB of 256 MB
            messages                 9000, 9.0 a batch
            a million messages       $0.59: compute $0.08, requests $0.02, SQS $0.49
            """,
            output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Deploy_without_inputs_says_which_file_to_fill_in()
    {
        Tool("terraform", "exit 9");
        var folder = Directory.CreateDirectory(Path.Combine(tools, "stack")).FullName;
        File.WriteAllText(Path.Combine(folder, "terraform.tfvars.example"), "");

        var (status, output) = await RunAsync("terraform.sh apply some.zip", ("DIR", folder));

        Assert.Equal(1, status);
        Assert.Equal($"{folder}/terraform.tfvars is missing: copy {folder}/terraform.tfvars.example to it and fill it in.", output);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("architecture = \"x86_64\"")]
    [InlineData("  package=\"some.zip\"")]
    public async Task Deploy_refuses_inputs_that_would_win_over_the_package_that_was_built(string input)
    {
        Tool("terraform", "exit 9");
        File.WriteAllText(Path.Combine(tools, "terraform.tfvars"), input + "\n");

        var (status, output) = await RunAsync("terraform.sh apply some.zip", ("DIR", tools));

        Assert.Equal(1, status);
        Assert.Contains("would win over what make builds: leave them out, and choose with ARCH=x86_64.", output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Make_send_hands_over_a_message_as_it_was_given()
    {
        Deployed("orders");
        await using var process = new ChildProcess(
            "/usr/bin/env",
            ["make", "--no-print-directory", "send", "MESSAGE={\"price\":\"$5\",\"id\":\"$(id) `id`\"}"],
            Repository.Environment.Where(each => each.Key != "PATH").Select(each => (each.Key, each.Value))
                .Append(("PATH", $"{tools}:{Repository.Environment["PATH"]}")),
            Repository.Root);

        Assert.Equal(0, await process.ExitAsync());
        Assert.Contains("[--message-body][{\"price\":\"$5\",\"id\":\"$(id) `id`\"}]", process.Output);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("", 0)]
    [InlineData("true", 2)]
    public async Task Without_Terraform_its_tests_are_skipped_by_name_and_in_CI_that_is_a_failure(string ci, int expected)
    {
        Link("bash", "make", "env", "uname", "cat");
        await using var process = new ChildProcess(
            Path.Combine(tools, "make"), ["--no-print-directory", "terraform-test"],
            [
                ("PATH", tools),
                .. ci.Length == 0 ? [] : new[] { ("CI", ci) },
            ], Repository.Root);

        Assert.Equal(expected, await process.ExitAsync());
        Assert.Contains("skipped: the Terraform tests need Terraform 1.11 or newer", process.Output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Deploy_initialises_and_applies_with_the_package_and_its_architecture()
    {
        Tool("terraform", "echo \"$* $TF_VAR_architecture $TF_VAR_package\"");
        var folder = Directory.CreateDirectory(Path.Combine(tools, "stack")).FullName;
        File.WriteAllText(Path.Combine(folder, "terraform.tfvars"), "");
        var zip = Path.Combine(tools, "some.zip");
        File.WriteAllText(zip, "");

        var (status, output) = await RunAsync($"terraform.sh apply {zip}", ("DIR", folder), ("ARCH", "x86_64"));

        Assert.Equal(0, status);
        Assert.Equal($"-chdir={folder} init -input=false x86_64 {zip}\n-chdir={folder} apply x86_64 {zip}", output);
    }

    /// <summary>A terraform that knows a queue of that name, and an aws that shows its arguments.</summary>
    private void Deployed(string queue)
    {
        var dead = queue.Replace(".fifo", "", StringComparison.Ordinal) + "-dlq" + (queue.EndsWith(".fifo", StringComparison.Ordinal) ? ".fifo" : "");
        Tool("aws", "printf '[%s]' \"$@\"");
        Tool("terraform", $$$"""
            case "$*" in
              *"json queue") echo '{"arn":"arn:aws:sqs:eu-west-1:1:{{{queue}}}","name":"{{{queue}}}","url":"https://sqs/{{{queue}}}"}' ;;
              *"json dead_letter_queue") echo '{"arn":"arn:aws:sqs:eu-west-1:1:{{{dead}}}","name":"{{{dead}}}","url":"https://sqs/{{{dead}}}"}' ;;
              *"json function") echo '{"arn":"a","log_group":"/aws/lambda/orders","name":"orders"}' ;;
              *) echo '{"queue":{}}' ;;
            esac
            """);
    }

    private void Tool(string name, string script)
    {
        var path = Path.Combine(tools, name);
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Link(params string[] programs)
    {
        foreach (var program in programs)
        {
            var found = Repository.Environment["PATH"].Split(':').Select(folder => Path.Combine(folder, program)).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(tools, program), found);
        }
    }

    private async Task<(int Status, string Output)> RunAsync(string command, params (string Name, string Value)[] variables)
    {
        var environment = new Dictionary<string, string>(Repository.Environment);
        // What make was given for the tests themselves.
        foreach (var name in new[] { "ARCH", "CONTAINER", "DIR", "GROUP", "LAMBDA_HOST", "MESSAGE", "SINCE" }) environment.Remove(name);
        environment["PATH"] = $"{tools}:{environment["PATH"]}";
        foreach (var (name, value) in variables) environment[name] = value;
        var words = command.Split(' ');
        await using var process = new ChildProcess(
            "/usr/bin/env",
            [
                "bash",
                Path.Combine(Repository.Root, "scripts", words[0]),
                .. words[1..],
            ], environment.Select(each => (each.Key, each.Value)));
        return (await process.ExitAsync(), process.Output);
    }
}
