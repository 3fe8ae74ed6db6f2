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
    public async Task The_same_source_gives_the_same_package_with_and_without_routes_and_its_bootstrap_delivers()
    {
        var routes = Path.Combine(folder, "some routes");
        await File.WriteAllTextAsync(routes, """[ { "name": "all", "url": "https://example.com/{messageId}" } ]""", TestContext.Current.CancellationToken);
        var (one, other) = (await CopyAsync("one"), await CopyAsync("with a space"));

        var plain = await PackageAsync(one);
        var routed = await PackageAsync(one, routes);
        File.SetLastWriteTimeUtc(routes, DateTime.UnixEpoch);
        var otherRouted = await PackageAsync(other, routes);
        var otherPlain = await PackageAsync(other);

        Assert.Equal((HashOf(plain), HashOf(routed)), (HashOf(otherPlain), HashOf(otherRouted)));
        Assert.Equal([("bootstrap", "100755")], EntriesOf(plain));
        Assert.Equal([("bootstrap", "100755"), ("routes.json", "100644")], EntriesOf(routed));

        ZipFile.ExtractToDirectory(new MemoryStream(routed), folder);
        var bootstrap = Path.Combine(folder, "bootstrap");
        await using var check = new ChildProcess(bootstrap, ["check"], [("FORWARD_ROUTES_FILE", "routes.json")]);
        Assert.True(await check.ExitAsync() == 0, check.Output);
        Assert.Contains("  all: POST https://example.com/{messageId}", check.Lines);
        var run = await LocalRun.OfAsync(bootstrap, "--messages", "50", "--max-receive-count", "1");
        run.AssertNothingLost(sent: 50);
    }

    [Theory]
    [InlineData(null, "is no file that can be read: it takes a JSON file with the routes.")]
    [InlineData("", "is not valid JSON at byte 0 of line 0.")]
    [InlineData("[\n { \"name\": orders } ]", "is not valid JSON at byte 11 of line 1.")]
    public async Task A_routes_file_that_is_missing_or_no_JSON_is_refused_before_anything_is_built(string? text, string why)
    {
        var routes = Path.Combine(folder, "routes.json");
        if (text is not null) await File.WriteAllTextAsync(routes, text, TestContext.Current.CancellationToken);
        await using var process = new ChildProcess(
            Path.Combine(Repository.Root, "scripts", "package.sh"), [], Repository.Environment.Append(new("ROUTES", routes)).Select(each => (each.Key, each.Value)));

        Assert.Equal(1, await process.ExitAsync());
        Assert.Equal($"ROUTES={routes} {why}", process.Output);
    }

    private static string HashOf(byte[] package) => Convert.ToHexString(SHA256.HashData(package));

    /// <summary>Names and modes.</summary>
    private static List<(string Name, string Mode)> EntriesOf(byte[] package)
    {
        using var zip = new ZipArchive(new MemoryStream(package));
        return [.. zip.Entries.Select(entry => (entry.FullName, Convert.ToString((entry.ExternalAttributes >> 16) & 0xffff, 8)))];
    }

    /// <summary>A copy of what is in the repository, in a folder of its own.</summary>
    private async Task<string> CopyAsync(string name)
    {
        var copy = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        await using var process = new ChildProcess(
            "/usr/bin/env",
            ["bash", "-euc", "cp -R Directory.* BannedSymbols.txt .editorconfig global.json scripts src \"$0\"", copy],
            Repository.Environment.Select(each => (each.Key, each.Value)),
            Repository.Root);

        Assert.True(await process.ExitAsync() == 0, process.Output);
        return copy;
    }

    private static async Task<byte[]> PackageAsync(string copy, string routes = "")
    {
        var arch = Repository.Rid == "linux-arm64" ? "arm64" : "x86_64";
        Dictionary<string, string> environment = new(Repository.Environment)
        {
            ["CONTAINER"] = "",
            ["LAMBDA_HOST"] = "Own",
            ["ARCH"] = arch,
            ["ROUTES"] = routes,
        };
        await using var process = new ChildProcess(Path.Combine(copy, "scripts", "package.sh"), [], environment.Select(each => (each.Key, each.Value)), copy);

        Assert.True(await process.ExitAsync() == 0, process.Output);
        return await File.ReadAllBytesAsync(Path.Combine(copy, "artifacts", "package", $"sqsaotlambda-{arch}.zip"), TestContext.Current.CancellationToken);
    }
}
