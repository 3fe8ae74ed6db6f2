using SqsAotLambda.Interop.Servers;

namespace SqsAotLambda.Interop.Scenarios;

/// <summary>One scenario with one server over one scheme.</summary>
/// <param name="Kind">Null: a server of this program's own.</param>
internal sealed record Play(ServerKind? Kind, string Scheme, Scenario Scenario)
{
    public const string OwnServer = "own";

    public string Server => Kind?.Name ?? OwnServer;

    public bool IsTls => Scheme == Uri.UriSchemeHttps;

    public string FolderName => $"{Server}-{Scheme}-{Scenario.Name}";

    /// <summary>All that the settings ask for, of servers that are here.</summary>
    public static IEnumerable<Play> Of(Settings settings)
    {
        ServerKind?[] own = settings.WithOwnServers ? [null] : [];
        ServerKind?[] kinds = [.. settings.Servers.Where(kind => kind.Program is not null), .. own];
        return
            from kind in kinds
            from scheme in settings.Schemes
            from scenario in settings.Scenarios
            let play = new Play(kind, scheme, scenario)
            where scenario.Suits(kind, play.IsTls)
            select play;
    }
}
