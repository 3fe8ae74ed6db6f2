using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>What the native binary is and needs.</summary>
public sealed partial class BootstrapFileTests
{
    private static readonly byte[] Binary = File.ReadAllBytes(Repository.Bootstrap("Own"));

    private static readonly Version Newest = new(2, 34);

    [Fact]
    public void It_is_an_ELF_program_of_at_most_8_5_MB()
    {
        Assert.Equal("\u007fELF"u8, Binary.AsSpan(0, 4));
        Assert.InRange(Binary.Length, 1_000_000, 8_500_000);
    }

    [Fact]
    public void It_needs_no_glibc_newer_than_that_of_Amazon_Linux_2023()
    {
        var versions = GlibcVersion().Matches(Encoding.Latin1.GetString(Binary)).Select(match => new Version(match.Groups[1].Value)).ToList();

        Assert.NotEmpty(versions);
        // A linker takes the newest version of a symbol that the machine has. Debian 12's glibc, 2.36, has none that matters here.
        var own = new Version(Marshal.PtrToStringUTF8(gnu_get_libc_version())!);
        Assert.SkipWhen(
            versions.Max() > Newest && own > new Version(2, 36),
            $"This machine's glibc {own} is newer than Lambda's: make package refuses the binary, CONTAINER=yes builds it elsewhere.");
        Assert.True(versions.Max() <= Newest, $"It needs glibc {versions.Max()}.");
    }

    [Fact]
    public void It_does_not_look_for_ICU() => Assert.DoesNotContain("libicu", Encoding.Latin1.GetString(Binary), StringComparison.Ordinal);

    [Fact(Timeout = 120_000)]
    public async Task It_runs_with_no_more_than_the_two_variables_it_cannot_do_without()
    {
        await using var runtimeApi = new StubRuntimeApi(TestContext.Current.CancellationToken);
        await using var process = new ChildProcess(
            Repository.Bootstrap("Own"), [], [("AWS_LAMBDA_RUNTIME_API", runtimeApi.Authority), ("FORWARD_URL", "https://example.com/")]);

        await runtimeApi.Polled;

        Assert.DoesNotContain("libicu", process.MemoryMap);
    }

    [Fact(Timeout = 120_000)]
    public async Task Outside_Lambda_it_says_where_it_runs_and_ends()
    {
        await using var process = new ChildProcess(Repository.Bootstrap("Own"), [], []);

        Assert.Equal(1, await process.ExitAsync());
        Assert.Equal("AWS_LAMBDA_RUNTIME_API is not set: this program runs in AWS Lambda, or under the local runner (make run).", process.Output);
    }

    [DllImport("libc")]
    private static extern nint gnu_get_libc_version();

    [GeneratedRegex(@"GLIBC_(2\.\d+)")]
    private static partial Regex GlibcVersion();
}
