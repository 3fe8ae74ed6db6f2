using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>What <c>make package</c> makes, in a copy of the repository.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory(Timeout = 120_000)]
    [InlineData("Amazon")]
    [InlineData("Emulated")]
    public async Task Another_folder_gives_the_same_binary_and_no_folder_is_named_in_it(string host)
    {
        var built = Repository.Binary(host);
        var copy = await CopyAsync();

        await AssertSameAsync(built, await PackageAsync(copy, host), copy);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_same_source_gives_the_same_package_with_and_without_routes_and_its_bootstrap_delivers()
    {
        var routes = Path.Combine(folder, "some routes");
        await File.WriteAllTextAsync(
            routes, """[ { "name": "all", "url": "https://example.com/{messageId}" } ]""", TestContext.Current.CancellationToken);
        var copy = await CopyAsync();
        var link = Directory.CreateSymbolicLink(Path.Combine(folder, "link"), copy).FullName;

        var plain = await PackageAsync(link, "Own");
        var routed = await PackageAsync(link, "Own", routes);
        File.SetLastWriteTimeUtc(routes, DateTime.UnixEpoch);
        var routedAgain = await PackageAsync(copy, "Own", routes);
        var plainAgain = await PackageAsync(copy, "Own");

        await AssertSameAsync(Repository.Binary("Own"), plain, copy, link);
        Assert.Equal((HashOf(plain), HashOf(routed)), (HashOf(plainAgain), HashOf(routedAgain)));
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

    [Theory(Timeout = 120_000)]
    [InlineData(null, "is no file that can be read: it takes a JSON file with the routes.")]
    [InlineData("", "is not valid JSON at byte 0 of line 0.")]
    [InlineData("[\n { \"name\": orders } ]", "is not valid JSON at byte 11 of line 1.")]
    public async Task A_routes_file_that_is_missing_or_no_JSON_is_refused_before_anything_is_built(string? text, string why)
    {
        var routes = Path.Combine(folder, "routes.json");
        if (text is not null) await File.WriteAllTextAsync(routes, text, TestContext.Current.CancellationToken);
        await using var process = new ChildProcess(
            Path.Combine(Repository.Root, "scripts", "package.sh"), [], Repository.Environment.Append(new("ROUTES", routes))
                .Select(each => (each.Key, each.Value)));

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

    /// <summary>The package holds the binary that make test has built, which names none of the folders.</summary>
    private static async Task AssertSameAsync(string built, byte[] package, params string[] folders)
    {
        using var zip = new ZipArchive(new MemoryStream(package));
        using var packed = new MemoryStream();
        await using (var entry = zip.GetEntry("bootstrap")!.Open()) await entry.CopyToAsync(packed, TestContext.Current.CancellationToken);
        var binary = packed.ToArray();
        var expected = await File.ReadAllBytesAsync(built, TestContext.Current.CancellationToken);

        Assert.True(binary.AsSpan().SequenceEqual(expected), $"{built} is another one, which make test builds from the same source.");
        foreach (var name in folders.Append(Repository.Root).Append($"{Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)}/."))
        {
            Assert.Equal(-1, binary.AsSpan().IndexOf(Encoding.UTF8.GetBytes(name)));
            Assert.Equal(-1, binary.AsSpan().IndexOf(Encoding.Unicode.GetBytes(name)));
        }
    }

    /// <summary>A copy of what is in the repository, in a folder whose name is longer than the repository's and hard on a command line.</summary>
    private async Task<string> CopyAsync()
    {
        var copy = Directory.CreateDirectory(Path.Combine(folder, "with a space and an=" + new string('x', Repository.Root.Length))).FullName;
        await using var process = new ChildProcess(
            "/usr/bin/env",
            ["bash", "-euc", "cp -R Directory.* BannedSymbols.txt .editorconfig global.json scripts src \"$0\"", copy],
            Repository.Environment.Select(each => (each.Key, each.Value)),
            Repository.Root);

        Assert.True(await process.ExitAsync() == 0, process.Output);
        return copy;
    }

    private static async Task<byte[]> PackageAsync(string copy, string host, string routes = "")
    {
        var arch = host == "Emulated" || Repository.Rid == "linux-arm64" ? "arm64" : "x86_64";
        Dictionary<string, string> environment = new(Repository.Environment)
        {
            ["ARCH"] = arch,
            ["LAMBDA_HOST"] = host == "Amazon" ? "Amazon" : "Own",
            ["ROUTES"] = routes,
        };
        await using var process = new ChildProcess(
            Path.Combine(copy, "scripts", "package.sh"), [], environment.Select(each => (each.Key, each.Value)), copy);

        Assert.True(await process.ExitAsync() == 0, process.Output);
        var zip = $"sqsaotlambda-{arch}{(host == "Amazon" ? "-amazon" : "")}.zip";
        return await File.ReadAllBytesAsync(Path.Combine(copy, "artifacts", "package", zip), TestContext.Current.CancellationToken);
    }
}
