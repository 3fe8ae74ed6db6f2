using SqsAotLambda.Forwarding;
using SqsAotLambda.Settings;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.RouteSettings;

namespace SqsAotLambda.Tests.Requests;

/// <summary>The JSON of routes: where it comes from, and what it says.</summary>
public sealed class RouteReaderTests
{
    [Fact]
    public void A_route_may_say_everything()
    {
        var route = Routes("""
            [{"name":"orders","when":{"attribute:type":"order"},"url":"https://orders.example.com/v1/{attribute:tenant}?id={body:/id}","method":"PUT",
              "headers":{"X-Tenant":"{attribute:tenant}"},"body":{"id":"{body:/id}"},"timeout":"5s","resend":false,
              "successOn":"200","retryOn":"404","rejectOn":"418"}]
            """)[0];

        Assert.Equal(
            ("orders", "https://orders.example.com/v1/{attribute:tenant}", true, "PUT", TimeSpan.FromSeconds(5)),
            (route.Name, route.Url!.Shown, route.Url.HasTemplatedPath, route.Method, route.Timeout));
        Assert.False(route.Resend);
        Assert.Equal("X-Tenant", Assert.Single(route.Headers).Name);
        Assert.NotNull(route.Body);
        Assert.Equal(
            [Outcome.Delivered, Outcome.Unavailable, Outcome.Rejected, Outcome.Unavailable],
            new[] { 200, 404, 418, 500 }.Select(status => Classification.Of(new(status), route.Statuses)));
        Assert.False(route.When.Holds(Given.Message()));
    }

    [Fact]
    public void What_a_route_does_not_say_is_as_the_settings_say()
    {
        var settings = Given.Settings(
            new("https://example.com/"),
            ("FORWARD_ROUTES", """[{"name":"a","url":"https://a.example.com/"}]"""),
            ("FORWARD_METHOD", "PATCH"),
            ("FORWARD_TIMEOUT", "7s"),
            ("FORWARD_RETRY_ON", "404"));

        var route = settings.Routes[0];

        Assert.Equal(("PATCH", TimeSpan.FromSeconds(7), null, 0), (route.Method, route.Timeout, route.Body, route.Headers.Count));
        Assert.Equal(Outcome.Unavailable, Classification.Of(new(404), route.Statuses));
        Assert.True(route.When.Holds(Given.Message()));
        Assert.False(route.Url!.HasTemplatedPath);
    }

    [Theory]
    [InlineData("on", null, true)]
    [InlineData("on", "false", false)]
    [InlineData("off", null, false)]
    [InlineData("off", "true", true)]
    public void Whether_a_route_s_requests_go_again_is_its_own_to_say(string setting, string? member, bool resend)
    {
        var route = $$"""[{"name":"a","url":"https://a.example.com/"{{(member is null ? "" : $",\"resend\":{member}")}}}]""";

        var routes = Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", route), ("FORWARD_RESEND", setting)).Routes;

        Assert.Equal([resend, setting == "on"], routes.Select(each => each.Resend));
    }

    [Theory]
    [InlineData("off", null, false)]
    [InlineData("off", "true", true)]
    [InlineData("on", null, true)]
    [InlineData("on", "false", false)]
    public void Whether_a_route_s_endpoint_decides_is_its_own_to_say(string setting, string? member, bool heeds)
    {
        var route = $$"""[{"name":"a","url":"https://a.example.com/"{{(member is null ? "" : $",\"disposition\":{member}")}}}]""";

        var routes = Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", route), ("FORWARD_DISPOSITION", setting)).Routes;

        Assert.Equal([heeds, setting == "on"], routes.Select(each => each.Statuses.HeedsDisposition));
    }

    [Fact]
    public void The_URL_of_the_settings_comes_after_all_routes()
    {
        Assert.Equal(
            ["b", "a", "default"], Routes("""[{"name":"b","url":"https://b.example.com/"},{"name":"a","drop":true}]""").Select(route => route.Name));
    }

    [Fact]
    public void With_routes_there_need_be_no_URL()
    {
        var settings = FunctionSettings.Parse(
            new Dictionary<string, string> { ["FORWARD_ROUTES"] = """[{"name":"a","url":"https://a.example.com/"}]""" });

        Assert.Equal("a", Assert.Single(settings.Routes).Name);
    }

    [Fact]
    public void Routes_may_come_from_a_file_beside_the_program()
    {
        var name = $"routes-{Guid.NewGuid():n}.json";
        var path = Path.Combine(AppContext.BaseDirectory, name);
        File.WriteAllText(path, """[{"name":"from-file","drop":true}]""");
        try
        {
            Assert.Equal("from-file", Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES_FILE", name)).Routes[0].Name);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Routes_come_from_one_place() => Assert.Contains(
        "FORWARD_ROUTES and FORWARD_ROUTES_FILE are both set; one of them holds all routes.",
        Faults(("FORWARD_ROUTES", """[{"name":"a","drop":true}]"""), ("FORWARD_ROUTES_FILE", "missing.json")));

    [Theory]
    [InlineData(
        "FORWARD_ROUTES_FILE",
        "missing.json",
        "FORWARD_ROUTES_FILE=missing.json can't be read: FileNotFoundException. It takes a file's path from the folder of the package.")]
    [InlineData("FORWARD_ROUTES", "[", "FORWARD_ROUTES is not valid JSON at byte 1 of line 0.")]
    [InlineData("FORWARD_ROUTES", """[{"name":"\ud800"}]""", "FORWARD_ROUTES holds half a surrogate pair and so has no UTF-8 form.")]
    [InlineData("FORWARD_ROUTES", "[]", "FORWARD_ROUTES is not a JSON array of 1 to 1000 routes.")]
    [InlineData("FORWARD_ROUTES", "{}", "FORWARD_ROUTES is not a JSON array of 1 to 1000 routes.")]
    public void What_holds_no_routes_is_refused(string setting, string text, string fault) =>
        Assert.Equal([fault], Faults((setting, text)));

    [Fact]
    public void Two_routes_of_one_name_are_refused() =>
        Assert.Equal(["FORWARD_ROUTES has 2 routes named a."], Faults(("FORWARD_ROUTES", """[{"name":"a","drop":true},{"name":"a","drop":true}]""")));

    [Fact]
    public void Every_fault_of_every_route_is_told_at_once() => Assert.Equal(
        [
            "FORWARD_ROUTES: route a has a timeout that is not allowed; it takes a whole number with its unit (ms, s, m or h) from 1ms to 15m.",
            "FORWARD_ROUTES: route a has a member x, which is unknown; it takes name, drop, request, allowedHosts, allowedHeaders, allowPrivate, "
                + "url, method, when, headers, body, timeout, resend, auth, sign, successOn, retryOn, rejectOn, disposition.",
            "FORWARD_ROUTES: route 1 has no name.",
        ],
        Faults(("FORWARD_ROUTES", """[{"name":"a","drop":true,"timeout":"1d","x":1},{"drop":true}]""")));
}
