using System.IO.Compression;
using System.Security.Cryptography;
using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>What <c>make package</c> makes of this machine's architecture.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_same_source_gives_the_same_package_whose_bootstrap_delivers()
    {
        var one = await PackageAsync("one");
        var other = await PackageAsync("with a space");

        Assert.Equal(SHA256.HashData(File.ReadAllBytes(one)), SHA256.HashData(File.ReadAllBytes(other)));
        using var zip = ZipFile.OpenRead(one);
        var entry = Assert.Single(zip.Entries);
        Assert.Equal("bootstrap", entry.FullName);
        Assert.Equal("100755", Convert.ToString((entry.ExternalAttributes >> 16) & 0xffff, 8));

        ZipFile.ExtractToDirectory(one, folder);
        var run = await LocalRun.OfAsync(Path.Combine(folder, "bootstrap"), "--messages", "50", "--max-receive-count", "1");
        run.AssertNothingLost(sent: 50);
    }

    /// <summary>Packs a copy of what is in the repository, in a folder of its own.</summary>
    private async Task<string> PackageAsync(string name)
    {
        var copy = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        var arch = Repository.Rid == "linux-arm64" ? "arm64" : "x86_64";
        var pack = $"""
            cp -R Directory.* BannedSymbols.txt .editorconfig global.json scripts src "{copy}"
            cd "{copy}" && CONTAINER= LAMBDA_HOST=Own ARCH={arch} FRAMEWORK={Repository.Framework} scripts/package.sh
            """;
        await using var process = new ChildProcess("/usr/bin/env", ["bash", "-euc", pack], Repository.Environment.Select(each => (each.Key, each.Value)), Repository.Root);

        Assert.True(await process.ExitAsync() == 0, process.Output);
        return Path.Combine(copy, "artifacts", "package", $"sqsaotlambda-{arch}.zip");
    }
}
