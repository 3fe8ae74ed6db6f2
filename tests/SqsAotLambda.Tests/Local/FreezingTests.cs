using System.Diagnostics;
using SqsAotLambda.Local.Lambda;

namespace SqsAotLambda.Tests.Local;

public sealed class FreezingTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task A_frozen_process_does_nothing_until_it_is_thawed()
    {
        using var echo = Start();
        await Freezing.FreezeAsync(echo.Id, Stop);
        await echo.StandardInput.WriteLineAsync("said while it was frozen");
        await echo.StandardInput.FlushAsync(Stop);
        var frozen = Freezing.States(echo.Id);

        Freezing.Thaw(echo.Id);

        Assert.Equal(['T'], frozen);
        Assert.Equal("said while it was frozen", await echo.StandardOutput.ReadLineAsync(Stop));
        echo.StandardInput.Close();
        await echo.WaitForExitAsync(Stop);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_process_that_has_ended_is_not_waited_for()
    {
        using var echo = Start();
        var process = echo.Id;
        echo.Kill();
        await echo.WaitForExitAsync(Stop);

        await Freezing.FreezeAsync(process, Stop);

        Assert.Empty(Freezing.States(process));
    }

    private static Process Start() => Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
}
