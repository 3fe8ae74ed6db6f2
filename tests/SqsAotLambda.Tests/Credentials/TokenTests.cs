using System.Net;
using System.Text;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>Tokens of a token endpoint: how they are asked for, kept, renewed and refused.</summary>
public sealed class TokenTests : IAsyncDisposable
{
    private readonly AuthAtWork auth = new();

    public ValueTask DisposeAsync() => auth.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task A_token_is_asked_for_as_RFC_6749_has_it()
    {
        auth.Secrets.Value = "s:/+ ~";

        await auth.AuthorizationAsync(auth.Of(auth.OAuth2), "api");

        var request = Assert.Single(auth.Tokens.Requests);
        Assert.Equal(("POST", "/token"), (request.Method, request.Path));
        Assert.Equal("grant_type=client_credentials&scope=read+write&audience=https%3A%2F%2Fapi%2F%3Fa%26b", request.Text);
        Assert.Equal("application/x-www-form-urlencoded", request.Headers["Content-Type"]);
        Assert.Equal("application/json", request.Headers["Accept"]);
        Assert.Equal("id+1:s%3A%2F%2B+~", Encoding.ASCII.GetString(Convert.FromBase64String(request.Headers["Authorization"]["Basic ".Length..])));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(",\"expires_in\":3600", 3540)]
    [InlineData(",\"expires_in\":\"3600\"", 3540)]
    [InlineData(",\"expires_in\":100", 90)]
    [InlineData("", 270)]
    [InlineData(",\"expires_in\":99999999999", 86340)]
    public async Task A_token_is_fetched_anew_shortly_before_it_expires(string expires, int seconds)
    {
        auth.Secrets.Value = AuthAtWork.Hidden;
        auth.OnToken = _ => AuthAtWork.Token("token-1", expires);
        var function = auth.Of(auth.OAuth2);
        await auth.AuthorizationAsync(function, "api");
        auth.OnToken = _ => AuthAtWork.Token("token-2");

        auth.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.Equal("Bearer token-1", await auth.AuthorizationAsync(function, "api"));
        auth.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Bearer token-2", await auth.AuthorizationAsync(function, "api"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_is_used_until_it_expires_while_there_is_no_new_one()
    {
        auth.Secrets.Value = AuthAtWork.Hidden;
        auth.OnToken = _ => AuthAtWork.Token("token-1", ",\"expires_in\":100");
        var function = auth.Of(auth.OAuth2);
        await auth.AuthorizationAsync(function, "api");
        auth.OnToken = _ => Replies.Status(503, AuthAtWork.Hidden);

        auth.Time.Advance(TimeSpan.FromSeconds(99));
        Assert.Equal("Bearer token-1", await auth.AuthorizationAsync(function, "api"));
        Assert.Contains("SecretFailed", auth.Logged, StringComparison.Ordinal);
        auth.Time.Advance(TimeSpan.FromSeconds(1));

        await auth.FailAsync(function, "api");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_that_is_refused_is_fetched_anew_once()
    {
        auth.Secrets.Value = AuthAtWork.Hidden;
        var function = auth.Of(auth.OAuth2);
        await auth.AuthorizationAsync(function, "api");
        auth.OnToken = _ => AuthAtWork.Token("token-2");
        auth.Time.Advance(TimeSpan.FromMinutes(1));

        for (var each = 0; each < 5; each++)
        {
            await auth.RefuseAsync(function, "api");
            Assert.Equal("Bearer token-2", await auth.AuthorizationAsync(function, "api"));
        }

        Assert.Equal(2, auth.Tokens.Requests.Count);
        Assert.Single(auth.Secrets.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_client_secret_that_is_refused_is_fetched_anew_for_the_next_token()
    {
        auth.Secrets.Value = "old";
        auth.OnToken = request =>
            request.Headers["Authorization"] == $"Basic {Convert.ToBase64String("id+1:new"u8)}"
                ? AuthAtWork.Token("token-1")
                : Replies.Status(401, """{"error":"invalid_client"}""");
        var function = auth.Of(auth.OAuth2);
        await function.PrepareAsync();
        auth.Secrets.Value = "new";
        auth.Time.Advance(TimeSpan.FromMinutes(1));

        await auth.FailAsync(function, "api");

        Assert.Equal("Bearer token-1", await auth.AuthorizationAsync(function, "api"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(400, """{"error":"invalid_scope","error_description":"hunter2"}""", "answered 400: invalid_scope")]
    [InlineData(401, """{"error":"invalid_client"}""", "answered 401: invalid_client")]
    [InlineData(400, """{"error":"hunter2"}""", "answered 400")]
    [InlineData(400, "hunter2", "answered 400")]
    [InlineData(500, "", "answered 500")]
    [InlineData(201, """{"access_token":"hunter2","token_type":"bearer"}""", "answered 201")]
    [InlineData(200, "hunter2", "gave an answer that is not a JSON object")]
    [InlineData(200, "[]", "gave an answer that is not a JSON object")]
    [InlineData(200, """{"access_token":"hunter2"}""", "gave a token that is not of the type bearer")]
    [InlineData(200, """{"access_token":"hunter2","token_type":"mac"}""", "gave a token that is not of the type bearer")]
    [InlineData(200, """{"token_type":"bearer"}""", "gave no access_token of printable ASCII")]
    [InlineData(200, """{"access_token":"","token_type":"bearer"}""", "gave no access_token of printable ASCII")]
    [InlineData(200, """{"access_token":7,"token_type":"bearer"}""", "gave no access_token of printable ASCII")]
    [InlineData(200, """{"access_token":"hunter2\r\nX: y","token_type":"bearer"}""", "gave no access_token of printable ASCII")]
    [InlineData(200, """{"access_token":"hunter2 x","token_type":"bearer"}""", "gave no access_token of printable ASCII")]
    [InlineData(200, """{"access_token":"hunter2\ud800","token_type":"bearer"}""", "gave no access_token of printable ASCII")]
    [InlineData(
        200,
        """{"access_token":"hunter2","token_type":"bearer","expires_in":0}""",
        "gave an expires_in that is not a whole number of seconds above 0")]
    [InlineData(
        200,
        """{"access_token":"hunter2","token_type":"bearer","expires_in":-1}""",
        "gave an expires_in that is not a whole number of seconds above 0")]
    [InlineData(
        200,
        """{"access_token":"hunter2","token_type":"bearer","expires_in":1.5}""",
        "gave an expires_in that is not a whole number of seconds above 0")]
    [InlineData(
        200,
        """{"access_token":"hunter2","token_type":"bearer","expires_in":null}""",
        "gave an expires_in that is not a whole number of seconds above 0")]
    public Task An_answer_without_a_token_is_told_without_what_it_holds(int status, string body, string why) =>
        RefusedTokenAsync(Replies.Status(status, body), why);

    [Fact(Timeout = 30_000)]
    public async Task A_redirect_is_not_followed()
    {
        await RefusedTokenAsync(Replies.Status(307, "", $"Location: {auth.Tokens.Url}other"), "answered 307");

        Assert.Single(auth.Tokens.Requests);
    }

    [Fact(Timeout = 30_000)]
    public Task An_answer_that_breaks_off_is_none() =>
        RefusedTokenAsync(
            Replies.RawThenClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\":\"hunter2\""),
            "gave no answer: Truncated (The body was cut: The connection was closed before the response was complete.)");

    [Fact(Timeout = 30_000)]
    public Task An_answer_that_is_too_long_is_none() => RefusedTokenAsync(
        Replies.Status(200, $$"""{"access_token":"{{new string('x', 64 * 1024)}}","token_type":"bearer"}"""),
        "gave no answer: Truncated (The body was cut: The body of the response is longer than 65536 bytes.)");

    [Fact(Timeout = 30_000)]
    public async Task A_silent_token_endpoint_is_waited_for_five_seconds_at_most()
    {
        var asked = new TaskCompletionSource();
        auth.OnToken = _ =>
        {
            asked.SetResult();
            return Replies.Stall;
        };
        var function = auth.Of(auth.OAuth2.Replace($"secretsmanager:{AuthAtWork.Arn}", "env:SECRET", StringComparison.Ordinal));
        var failure = auth.FailAsync(function, "api");
        await asked.Task;
        auth.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("The token endpoint of \"api\" gave no answer: Timeout.", await failure);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_deadline_that_passes_is_no_failure_of_the_token_endpoint()
    {
        auth.Secrets.Value = AuthAtWork.Hidden;
        var asked = new TaskCompletionSource();
        auth.OnToken = _ =>
        {
            asked.SetResult();
            return Replies.Stall;
        };
        var delivering = auth.DeliverAsync(auth.Of(auth.OAuth2), "api", Deadline.After(TimeSpan.FromMilliseconds(100), auth.Time));
        await asked.Task;
        auth.Time.Advance(TimeSpan.FromMilliseconds(100));

        var delivery = await delivering;

        Assert.Equal((Outcome.NotAttempted, Hold.Time), (delivery.Outcome, delivery.Hold));
        Assert.Equal("", auth.Logged);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_endpoint_on_a_refused_address_gets_no_secret()
    {
        auth.Secrets.Value = AuthAtWork.Hidden;
        var function = auth.Of(
            auth.OAuth2.Replace("localhost", "name.example", StringComparison.Ordinal),
            _ => Dialled.Resolving(new(allowLoopback: false), IPAddress.Loopback).ResolveAsync);

        var why = await auth.FailAsync(function, "api");

        Assert.Equal("The token endpoint of \"api\" is at no address that may be dialled.", why);
        Assert.Equal((1, 0), (auth.Secrets.Calls.Count, auth.Tokens.Connections));
    }

    private async Task RefusedTokenAsync(Reply answer, string why)
    {
        auth.Secrets.Value = AuthAtWork.Hidden;
        auth.OnToken = _ => answer;

        Assert.Equal($"The token endpoint of \"api\" {why}.", await auth.FailAsync(auth.Of(auth.OAuth2), "api"));
    }
}
