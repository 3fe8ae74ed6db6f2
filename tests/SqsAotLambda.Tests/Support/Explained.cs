using System.Text;
using SqsAotLambda.Commands;

namespace SqsAotLambda.Tests.Support;

/// <summary>What <c>bootstrap explain</c> writes about an event.</summary>
internal sealed class Explained : IDisposable
{
    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly StringWriter errors = new() { NewLine = "\n" };

    public string Output => output.ToString();

    public string Errors => errors.ToString();

    public void Clear() => output.GetStringBuilder().Clear();

    public void Dispose()
    {
        output.Dispose();
        errors.Dispose();
    }

    public IEnumerable<string> Told(string name) =>
        Output.Split('\n').Where(line => line.StartsWith($"  {name} ", StringComparison.Ordinal)).Select(line => line[12..]);

    public Task<int> RunAsync(string json, params (string Name, string Value)[] environment) =>
        RunAsync("-", () => new MemoryStream(Encoding.UTF8.GetBytes(json)), environment);

    public Task<int> RunAsync(string path, Func<Stream> openInput, params (string Name, string Value)[] environment) =>
        Explain.RunAsync(path, openInput, environment.ToDictionary(each => each.Name, each => each.Value), Given.Loop(), output, errors);
}
