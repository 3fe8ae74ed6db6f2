using System.Net;
using SqsAotLambda.Io;
using static SqsAotLambda.Tests.Io.OnLoop;

namespace SqsAotLambda.Tests.Io;

/// <summary>Names are looked up once at a time, so many at once, and one that hangs holds up those who ask for it and nobody else.</summary>
public sealed class NameServiceTests : IDisposable
{
    private static readonly NameAnswer Found = new([IPAddress.Parse("10.0.0.1")], null);

    private readonly SimulatedNetwork network = new(1);
    private readonly Loop loop;

    public NameServiceTests() => loop = new(network);

    public void Dispose() => network.Dispose();

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("::1")]
    public void An_address_is_its_own_answer_at_once(string address)
    {
        var answer = loop.Run(() => loop.LookUpAsync(address, until: 0));

        Assert.Equal(IPAddress.Parse(address), Assert.Single(answer!.Value.Addresses));
        Assert.Equal((0, 0), (loop.Now, network.LookedUp.Count));
    }

    [Fact]
    public void A_name_that_is_not_there_says_why()
    {
        var answer = loop.Run(() => loop.LookUpAsync("nowhere.test", until: 1000));

        Assert.Equal("Name or service not known", answer!.Value.Fault);
    }

    [Fact]
    public void All_who_ask_for_a_name_have_the_answer_of_one_look_up()
    {
        network.Name("a.test", 100, Found);

        var answers = loop.Run(() => AllAsync("a.test", "a.test", "a.test"));

        Assert.All(answers, answer => Assert.Equal(Found, answer));
        Assert.Equal(["a.test"], network.LookedUp);
    }

    [Fact]
    public void A_name_whose_answer_never_comes_is_given_up_and_not_asked_for_again()
    {
        network.Name("silent.test", delay: null, Found);
        network.Name("a.test", 100, Found);

        var answers = loop.Run(() => AllAsync("silent.test", "a.test"));

        Assert.Equal([null, Found], answers);
        Assert.Equal(1000, loop.Now);
        Assert.Null(loop.Run(() => loop.LookUpAsync("silent.test", until: 3000)));
        Assert.Equal(["silent.test", "a.test"], network.LookedUp);
    }

    [Fact]
    public void An_answer_that_comes_late_is_for_those_who_wait_then()
    {
        network.Name("slow.test", 1500, Found);

        Assert.Null(loop.Run(() => loop.LookUpAsync("slow.test", until: 1000)));

        Assert.Equal(Found, loop.Run(() => loop.LookUpAsync("slow.test", until: 2000)));
        Assert.Equal((1500, 1), (loop.Now, network.LookedUp.Count));
    }

    [Fact]
    public void A_name_is_looked_up_again_once_it_was_answered()
    {
        network.Name("a.test", 1, Found);

        loop.Run(() => loop.LookUpAsync("a.test", until: 1000));
        loop.Run(() => loop.LookUpAsync("a.test", until: 1000));

        Assert.Equal(["a.test", "a.test"], network.LookedUp);
    }

    [Fact]
    public void So_many_names_are_looked_up_at_once_and_the_others_wait_their_turn()
    {
        var names = Enumerable.Range(0, NameService.MaxAtOnce + 2).Select(number => $"{number}.test").ToArray();
        foreach (var name in names) network.Name(name, 600, Found);

        var answers = loop.Run(() => AllAsync(until: 5000, names));

        Assert.All(answers, answer => Assert.Equal(Found, answer));
        Assert.Equal((1200, names.Length), (loop.Now, network.LookedUp.Count));
    }

    [Fact]
    public void A_name_that_nobody_waits_for_any_longer_is_not_looked_up_when_its_turn_comes()
    {
        var names = Enumerable.Range(0, NameService.MaxAtOnce).Select(number => $"{number}.test").ToArray();
        foreach (var name in names) network.Name(name, 2000, Found);

        var answers = loop.Run(() => AllAsync([.. names, "late.test"]));
        loop.Run(() => SleepForAsync(5000));

        Assert.All(answers, answer => Assert.Null(answer));
        Assert.DoesNotContain("late.test", network.LookedUp);
    }

    [Fact]
    public void A_name_is_the_same_in_any_case()
    {
        network.Name("A.test", 100, Found);

        var answers = loop.Run(() => AllAsync("A.test", "a.TEST"));

        Assert.Equal([Found, Found], answers);
        Assert.Equal(["A.test"], network.LookedUp);
    }

    [Fact]
    public void A_name_with_a_NUL_is_none_and_not_looked_up()
    {
        var answer = loop.Run(() => loop.LookUpAsync("localhost\0.test", until: 1000));

        Assert.Equal("A name with a NUL is none", answer!.Value.Fault);
        Assert.Empty(network.LookedUp);
    }

    [Fact]
    public void While_all_look_ups_hang_the_names_behind_them_are_bounded()
    {
        var names = Enumerable.Range(0, NameService.MaxAtOnce + NameService.MaxWaiting + 1).Select(number => $"{number}.test").ToArray();
        foreach (var name in names) network.Name(name, delay: null, Found);

        var answers = loop.Run(() => AllAsync(names));

        Assert.All(answers[..^1], answer => Assert.Null(answer));
        Assert.Equal("Too many names are being looked up at once", answers[^1]!.Value.Fault);
    }

    [Fact]
    public void Who_asks_for_a_name_that_is_being_looked_up_waits_for_it_however_many_wait()
    {
        var names = Enumerable.Range(0, NameService.MaxAtOnce + NameService.MaxWaiting).Select(number => $"{number}.test").ToArray();
        foreach (var name in names) network.Name(name, name == names[0] ? 100 : null, Found);

        var answers = loop.Run(() => AllAsync([.. names, names[0]]));

        Assert.Equal(Found, answers[^1]);
    }

    [Fact]
    public void Who_is_answered_knows_what_time_it_is()
    {
        network.Name("slow.test", 1000, Found);

        var at = loop.Run(async () =>
        {
            await loop.LookUpAsync("slow.test", until: 5000);
            return loop.Now;
        });

        Assert.Equal(1000, at);
    }

    private ValueTask<NameAnswer?[]> AllAsync(params string[] names) => AllAsync(until: 1000, names);

    private async ValueTask<NameAnswer?[]> AllAsync(long until, string[] names)
    {
        var all = names.Select(name => loop.LookUpAsync(name, until).AsTask()).ToArray();
        List<NameAnswer?> answers = [];
        foreach (var each in all) answers.Add(await each);
        return [.. answers];
    }

    private async ValueTask<int> SleepForAsync(long milliseconds)
    {
        await SleepAsync(loop, loop.Now + milliseconds);
        return 0;
    }
}
