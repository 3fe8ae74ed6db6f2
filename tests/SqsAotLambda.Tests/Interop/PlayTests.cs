using SqsAotLambda.Interop.Reporting;
using SqsAotLambda.Interop.Scenarios;
using SqsAotLambda.Interop.Servers;

namespace SqsAotLambda.Tests.Interop;

public sealed class PlayTests
{
    [Fact]
    public void A_server_that_is_not_here_is_not_played_with() =>
        Assert.Equal(["here"], PlaysOf(new Kind("here", "/bin/here"), new Kind("away", null)).Select(play => play.Server).Distinct());

    [Fact]
    public void A_server_that_cannot_reload_is_spared_that() =>
        Assert.Equal(
            ["calm-10", "calm-20", "idle", "down-0.4s", "down-2s"],
            PlaysOf(new Kind("here", "/bin/here", canReload: false)).Where(play => !play.IsTls).Select(play => play.Scenario.Name));

    [Fact]
    public void A_handshake_is_stalled_over_https_alone() =>
        Assert.Equal(
            ["http three-close", "https three-close", "https three-stall"],
            Play.Of(Settings(own: true)).Select(play => $"{play.Scheme} {play.Scenario.Name}"));

    [Fact]
    public void The_table_has_a_row_for_each_play_and_marks_what_is_wrong()
    {
        Play[] plays = [.. Play.Of(Settings(own: true))];

        var table = Table.Of(
        [
            new(plays[0], new(10, 8, 2, 0, 1, []), TimeSpan.FromSeconds(1.25), []),
            new(plays[2], null, TimeSpan.FromSeconds(60), ["it did not end within 60.0 s"]),
        ]);

        Assert.Equal(
            """
            server  scheme  scenario     messages  delivered  failed  duplicates  resent  seconds
            own     http    three-close        10          8       2           0       1      1.3
            own     https   three-stall         -          -       -           -       -     60.0  WRONG

            """,
            table);
    }

    private static IEnumerable<Play> PlaysOf(params ServerKind[] kinds) => Play.Of(Settings(own: false, kinds));

    private static SqsAotLambda.Interop.Settings Settings(bool own, params ServerKind[] kinds) => new()
    {
        Bootstrap = "bootstrap",
        Servers = kinds,
        WithOwnServers = own,
        Scenarios = Scenario.All,
        Schemes = ["http", "https"],
        Breaker = "on",
        Output = "output",
    };

    private sealed class Kind(string name, string? program, bool canReload = true) : ServerKind
    {
        public override string Name => name;

        public override string HowToGet => "build it";

        public override bool CanReload => canReload;

        public override string? Program => program;

        protected override IReadOnlyList<string> Programs => [];

        public override Command Configure(Site site) => throw new NotSupportedException();
    }
}
