using System.Globalization;
using System.Text;

namespace SqsAotLambda.Benchmarks.Running;

/// <summary>A cgroup with a share of one CPU, as Lambda gives by memory size.</summary>
/// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html</remarks>
internal sealed class CpuShare : IDisposable
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Lambda's own, from the pauses that functions see.</summary>
    private const int PeriodMicroseconds = 20_000;

    private readonly string folder;

    private CpuShare(string folder) => this.folder = folder;

    /// <summary>Makes the cgroup, or says why this machine does not let us.</summary>
    /// <param name="percent">Of one CPU.</param>
    public static CpuShare? TryMake(double percent, out string? why)
    {
        var isVersion2 = File.Exists($"{Root}/cgroup.controllers");
        var share = new CpuShare(Path.Combine(Root, isVersion2 ? "" : "cpu", $"sqsaotlambda-bench-{Environment.ProcessId}"));
        try
        {
            Directory.CreateDirectory(share.folder);
            var quota = Math.Round(PeriodMicroseconds * percent / 100).ToString(CultureInfo.InvariantCulture);
            if (isVersion2)
            {
                share.Write("cpu.max", $"{quota} {PeriodMicroseconds}");
            }
            else
            {
                share.Write("cpu.cfs_period_us", $"{PeriodMicroseconds}");
                share.Write("cpu.cfs_quota_us", quota);
            }
            why = null;
            return share;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            share.Dispose();
            why = $"This machine lets no one play {percent} % of a CPU: {e.Message}";
            return null;
        }
    }

    /// <summary>From here on the process has its share and no more.</summary>
    public void Add(int process)
    {
        try
        {
            Write("cgroup.procs", process.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException e)
        {
            throw new BenchmarkFailure($"can't be given a share of a CPU: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        // It is empty: its processes have ended.
        if (Directory.Exists(folder)) Directory.Delete(folder);
    }

    private void Write(string file, string value)
    {
        // Opened and not made: a file that is absent is a controller that is absent.
        using var stream = new FileStream(Path.Combine(folder, file), FileMode.Open, FileAccess.Write);
        stream.Write(Encoding.ASCII.GetBytes(value));
    }
}
