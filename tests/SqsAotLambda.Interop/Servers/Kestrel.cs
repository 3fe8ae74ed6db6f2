using System.Globalization;

namespace SqsAotLambda.Interop.Servers;

/// <summary>Started as the program that is built beside this one.</summary>
internal sealed class Kestrel : ServerKind
{
    private const string Library = "SqsAotLambda.Kestrel.dll";

    public override string Name => "kestrel";

    public override string HowToGet => "the .NET 10 SDK or the ASP.NET Core runtime from https://dotnet.microsoft.com/download";

    public override bool IsProxy => false;

    public override IdleTimes AroundKeepAlive => IdleTimes.EachSecond;

    public override bool CanReload => false;

    protected override IReadOnlyList<string> Programs => ["dotnet"];

    public override Command Configure(Site site)
    {
        // artifacts/bin/SqsAotLambda.Interop/release: the same configuration of the server lies beside it.
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        var library = Path.Combine(built.Parent!.Parent!.FullName, "SqsAotLambda.Kestrel", built.Name, Library);
        var tls = site.Certificates is { } files ? new[] { files.CertificateFile, files.KeyFile } : [];
        return new(
            Program!,
            [library, Number(site.Port), Number(site.KeepAlive * 1000), Number((int)site.Latency.TotalMilliseconds), .. tls]);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
