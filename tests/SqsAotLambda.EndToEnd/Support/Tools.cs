namespace SqsAotLambda.EndToEnd.Support;

/// <summary>A folder of programs that scripts find before those of the machine.</summary>
internal sealed class Tools : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>A terraform that knows a queue of that name, and an aws that shows its arguments.</summary>
    public void Deployed(string queue)
    {
        var dead = queue.Replace(".fifo", "", StringComparison.Ordinal) + "-dlq" + (queue.EndsWith(".fifo", StringComparison.Ordinal) ? ".fifo" : "");
        Tool("aws", "printf '[%s]' \"$@\"");
        Tool("terraform", $$$"""
            case "$*" in
              *"json queue") echo '{"arn":"arn:aws:sqs:eu-west-1:1:{{{queue}}}","name":"{{{queue}}}","url":"https://sqs/{{{queue}}}"}' ;;
              *"json dead_letter_queue") echo '{"arn":"arn:aws:sqs:eu-west-1:1:{{{dead}}}","name":"{{{dead}}}","url":"https://sqs/{{{dead}}}"}' ;;
              *"json function") echo '{"arn":"a","log_group":"/aws/lambda/orders","name":"orders"}' ;;
              *) echo '{"queue":{},"dead_letter_queue":{}}' ;;
            esac
            """);
    }

    public void Tool(string name, string script)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Link(params string[] programs)
    {
        foreach (var program in programs)
        {
            var found = Repository.Environment["PATH"].Split(':').Select(folder => Path.Combine(folder, program)).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(Folder, program), found);
        }
    }

    public async Task<(int Status, string Output)> RunAsync(string command, params (string Name, string Value)[] variables)
    {
        var environment = new Dictionary<string, string>(Repository.Environment);
        // What make was given for the tests themselves.
        foreach (var name in new[] { "ARCH", "CONTAINER", "DIR", "GROUP", "LAMBDA_HOST", "MESSAGE", "SINCE" }) environment.Remove(name);
        environment["PATH"] = $"{Folder}:{environment["PATH"]}";
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
