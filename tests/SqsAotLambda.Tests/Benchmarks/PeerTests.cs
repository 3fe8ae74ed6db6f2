using SqsAotLambda.Benchmarks.Running;

namespace SqsAotLambda.Tests.Benchmarks;

public sealed class PeerTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory();

    [Fact]
    public void A_program_is_deployed_alone_and_a_script_with_its_folder()
    {
        var script = Write("index.js", "1");
        var module = Write("module.js", "2");
        Write("index.pdb", "3");

        Assert.Equal([script], Peer.Parse($"native={script}").Files());
        Assert.Equal([script, module], Peer.Parse($"node=node {script}").Files());
    }

    [Fact]
    public void A_zip_is_smaller_than_what_repeats_itself()
    {
        var file = Write("bootstrap", new string('x', 100_000));

        Assert.InRange(Peer.ZipBytes([file]), 100, 1_000);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
