using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>When a secret of Secrets Manager or the Parameter Store is fetched anew, and what is used until then.</summary>
public sealed class StoredSecretTests : IAsyncDisposable
{
    private readonly AuthAtWork auth = new();

    public ValueTask DisposeAsync() => auth.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task A_secret_is_fetched_anew_after_five_minutes_and_the_old_one_used_on_if_that_fails()
    {
        auth.Secrets.Value = "one";
        var function = auth.Of(AuthAtWork.Bearer);
        Assert.Equal("Bearer one", await auth.AuthorizationAsync(function, "a"));
        auth.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Equal("Bearer one", await auth.AuthorizationAsync(function, "a"));
        Assert.Single(auth.Secrets.Calls);

        auth.Time.Advance(TimeSpan.FromSeconds(1));
        auth.Secrets.OnCall = _ => StubSecretsManager.Refuse();
        Assert.Equal("Bearer one", await auth.AuthorizationAsync(function, "a"));
        Assert.Contains("SecretFailed", auth.Logged, StringComparison.Ordinal);

        auth.Time.Advance(TimeSpan.FromMinutes(1));
        auth.Secrets.Value = "two";
        Assert.Equal("Bearer two", await auth.AuthorizationAsync(function, "a"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_parameter_is_used_on_while_it_cannot_be_fetched_anew()
    {
        auth.Parameters.Value = AuthAtWork.Hidden;
        var function = auth.Of($$"""{ "a": { "type": "bearer", "token": "ssm:{{AuthAtWork.ParameterArn}}" } }""");
        await auth.AuthorizationAsync(function, "a");
        auth.Parameters.OnCall = _ => Replies.Status(400, """{"__type":"ThrottlingException","message":"hunter2"}""");
        auth.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal($"Bearer {AuthAtWork.Hidden}", await auth.AuthorizationAsync(function, "a"));

        Assert.Equal(
            """{"timestamp":"2026-01-02T03:09:05Z","level":"WARN","message":"SecretFailed","auth":"a","errorMessage":"The secret of """
                + """\u0022a\u0022 could not be fetched: AmazonSSM.GetParameter was refused with 400: ThrottlingException."}""" + "\n",
            auth.Logged);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_secret_that_is_refused_is_fetched_anew_once()
    {
        auth.Secrets.Value = "one";
        var function = auth.Of(AuthAtWork.Bearer);
        await auth.AuthorizationAsync(function, "a");
        auth.Secrets.Value = "two";
        auth.Time.Advance(TimeSpan.FromMinutes(1));

        for (var each = 0; each < 5; each++)
        {
            await auth.RefuseAsync(function, "a");
            Assert.Equal("Bearer two", await auth.AuthorizationAsync(function, "a"));
        }

        Assert.Equal(2, auth.Secrets.Calls.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_parameter_that_is_refused_is_fetched_anew_once()
    {
        auth.Parameters.Value = "one";
        var function = auth.Of($$"""{ "a": { "type": "bearer", "token": "ssm:{{AuthAtWork.ParameterArn}}" } }""");
        await auth.AuthorizationAsync(function, "a");
        auth.Parameters.Value = "two";
        auth.Time.Advance(TimeSpan.FromMinutes(1));

        for (var each = 0; each < 5; each++)
        {
            await auth.RefuseAsync(function, "a");
            Assert.Equal("Bearer two", await auth.AuthorizationAsync(function, "a"));
        }

        Assert.Equal(2, auth.Parameters.Calls.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task Refusals_of_a_secret_make_one_call_in_thirty_seconds_at_most()
    {
        auth.Secrets.Value = """{"key":"one"}""";
        var function = auth.Of($$"""{ "a": { "type": "bearer", "token": "secretsmanager:{{AuthAtWork.Arn}}#key" } }""");
        await auth.AuthorizationAsync(function, "a");
        auth.Secrets.Value = "{}";

        for (var second = 0; second < 60; second++)
        {
            auth.Time.Advance(TimeSpan.FromSeconds(1));
            await auth.RefuseAsync(function, "a");
            Assert.Equal("Bearer one", await auth.AuthorizationAsync(function, "a"));
        }

        Assert.Equal(3, auth.Secrets.Calls.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_secret_that_becomes_unusable_is_used_on_as_it_was()
    {
        auth.Secrets.Value = """{"key":"one","other":"x"}""";
        var function = auth.Of($$"""
            { "a": { "type": "bearer", "token": "secretsmanager:{{AuthAtWork.Arn}}#key" },
              "b": { "type": "bearer", "token": "secretsmanager:{{AuthAtWork.Arn}}#other" } }
            """);
        await function.PrepareAsync();
        auth.Time.Advance(TimeSpan.FromMinutes(5));

        auth.Secrets.Value = """{"key":"hunter2\n","other":"y"}""";
        Assert.Equal(
            ("Bearer one", "Bearer y"), (await auth.AuthorizationAsync(function, "a"), await auth.AuthorizationAsync(function, "b")));
        Assert.Equal(
            """{"timestamp":"2026-01-02T03:09:05Z","level":"WARN","message":"SecretFailed","auth":"a","errorMessage":"The secret of """
                + """\u0022a\u0022 is not printable ASCII without outer spaces."}""" + "\n",
            auth.Logged);

        auth.Time.Advance(TimeSpan.FromSeconds(30));
        auth.Secrets.Value = """{"key":"two"}""";
        Assert.Equal(
            ("Bearer two", "Bearer y"), (await auth.AuthorizationAsync(function, "a"), await auth.AuthorizationAsync(function, "b")));
        Assert.Equal(3, auth.Secrets.Calls.Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("hunter2", "#key", "is not a JSON object with a text under its key")]
    [InlineData("true-hunter2", "#key", "is not a JSON object with a text under its key")]
    [InlineData("""{"other":"hunter2"}""", "#key", "is not a JSON object with a text under its key")]
    [InlineData("""{"key":{"x":"hunter2"}}""", "#key", "is not a JSON object with a text under its key")]
    [InlineData("""{"key":"hunter2\ud800"}""", "#key", "is not a JSON object with a text under its key")]
    [InlineData("""{"key":"hunter2\n"}""", "#key", "is not printable ASCII without outer spaces")]
    [InlineData("hunter2\n", "", "is not printable ASCII without outer spaces")]
    [InlineData("hünter2", "", "is not printable ASCII without outer spaces")]
    public async Task A_secret_that_is_of_no_use_is_told_and_not_shown(string value, string key, string why)
    {
        auth.Secrets.Value = value;
        var function = auth.Of($$"""{ "a": { "type": "bearer", "token": "secretsmanager:{{AuthAtWork.Arn}}{{key}}" } }""");

        Assert.Equal($"The secret of \"a\" {why}.", await auth.FailAsync(function, "a"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{ "a": { "type": "bearer", "token": "STORED#key" } }""", """{"kex":"hunter2"}""", """{"key":"mended"}""", "Bearer mended")]
    [InlineData("""{ "a": { "type": "bearer", "token": "STORED" } }""", "hunter2\n", "mended", "Bearer mended")]
    [InlineData(
        """{ "a": { "type": "basic", "username": "u", "password": "STORED#key" } }""", """{"key":7}""", """{"key":"mended"}""", "Basic dTptZW5kZWQ=")]
    [InlineData(
        """{ "a": { "type": "oauth2", "tokenUrl": "TOKENS", "clientId": "id", "clientSecret": "STORED#key" } }""",
        "hunter2",
        """{"key":"mended"}""",
        "Bearer token-1")]
    public async Task A_secret_that_is_of_no_use_is_asked_for_again_after_thirty_seconds(
        string json, string broken, string mended, string authorization)
    {
        auth.Secrets.Value = broken;
        var function = auth.Of(
            json.Replace("STORED", $"secretsmanager:{AuthAtWork.Arn}", StringComparison.Ordinal)
                .Replace("TOKENS", auth.Tokens.Url.ToString(), StringComparison.Ordinal));
        await function.PrepareAsync();
        auth.Secrets.Value = mended;

        auth.Time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        await auth.FailAsync(function, "a");
        Assert.Single(auth.Secrets.Calls);

        auth.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(authorization, await auth.AuthorizationAsync(function, "a"));
        auth.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        await auth.AuthorizationAsync(function, "a");

        Assert.Equal(2, auth.Secrets.Calls.Count);
        Assert.DoesNotContain(AuthAtWork.Hidden, auth.Logged, StringComparison.Ordinal);
        Assert.Single(
            auth.Logged.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.Contains("SecretFailed", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_parameter_that_is_of_no_use_to_a_signature_is_asked_for_again_after_thirty_seconds()
    {
        auth.Parameters.Value = "not base64";
        var function = auth.Of($$"""{ "a": { "type": "standard-webhooks", "secret": "ssm:{{AuthAtWork.ParameterArn}}" } }""");
        await auth.FailAsync(function, "a");

        auth.Parameters.Value = Convert.ToBase64String(new byte[24]);
        auth.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Contains("webhook-signature", (await auth.RequestAsync(function, "a")).Headers.Keys);
    }
}
