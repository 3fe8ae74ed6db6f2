using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>Entries of FORWARD_AUTH at work, and the secrets that are fetched ahead for them.</summary>
public sealed class KeyringTests : IAsyncDisposable
{
    private readonly AuthAtWork auth = new();

    public ValueTask DisposeAsync() => auth.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Without_entries_nothing_is_there_or_asked()
    {
        using var function = Given.Function(Given.Settings(auth.Tokens.Url, ("AWS_ENDPOINT_URL_SECRETS_MANAGER", auth.Secrets.Url.ToString())));
        await function.PrepareAsync();

        await Given.DeliverAsync(function, Given.Message());

        Assert.Empty(auth.Secrets.Calls);
        Assert.DoesNotContain("Authorization", Assert.Single(auth.Tokens.Requests).Headers.Keys);
    }

    [Fact(Timeout = 30_000)]
    public async Task Each_entry_is_there_by_its_name()
    {
        var function = auth.Of($$"""
            {
              "a": { "type": "bearer", "token": "env:SECRET" }, "b": { "type": "basic", "username": "u", "password": "env:SECRET" },
              "c": { "type": "header", "name": "X-Key", "value": "env:SECRET" }, "d": { "type": "sigv4", "service": "lambda", "region": "eu-west-1" },
              "e": { "type": "oauth2", "tokenUrl": "{{auth.Tokens.Url}}", "clientId": "id", "clientSecret": "env:SECRET" },
              "f": { "type": "standard-webhooks", "secret": "secretsmanager:{{AuthAtWork.Arn}}" },
              "g": { "type": "hmac-sha256", "header": "X-S", "secret": "env:SECRET" }
            }
            """);

        Assert.Equal($"Bearer {AuthAtWork.Hidden}", await auth.AuthorizationAsync(function, "a"));
        Assert.StartsWith("Basic ", await auth.AuthorizationAsync(function, "b"), StringComparison.Ordinal);
        Assert.Equal(AuthAtWork.Hidden, (await auth.RequestAsync(function, "c")).Headers["X-Key"]);
        Assert.StartsWith("AWS4-HMAC-SHA256 ", await auth.AuthorizationAsync(function, "d"), StringComparison.Ordinal);
        Assert.Equal("Bearer token-1", await auth.AuthorizationAsync(function, "e"));
        Assert.Contains("X-S", (await auth.RequestAsync(function, "g")).Headers.Keys);
        Assert.Empty(auth.Secrets.Calls);
        auth.Secrets.Value = Convert.ToBase64String(new byte[24]);
        Assert.Contains("webhook-signature", (await auth.RequestAsync(function, "f")).Headers.Keys);
    }

    [Fact(Timeout = 30_000)]
    public async Task Entries_of_one_secret_share_one_call_made_ahead()
    {
        auth.Secrets.Value = """{"token":"t","key":"k"}""";
        var function = auth.Of($$"""
            { "a": { "type": "bearer", "token": "secretsmanager:{{AuthAtWork.Arn}}#token" },
              "b": { "type": "header", "name": "Authorization", "value": "secretsmanager:{{AuthAtWork.Arn}}#key" } }
            """);

        await function.PrepareAsync();
        var call = Assert.Single(auth.Secrets.Calls);

        Assert.Equal("Bearer t", await auth.AuthorizationAsync(function, "a"));
        Assert.Equal("k", await auth.AuthorizationAsync(function, "b"));
        Assert.Equal([call], auth.Secrets.Calls);
        Assert.Equal("", auth.Logged);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_parameter_is_a_secret_like_those_of_Secrets_Manager()
    {
        auth.Secrets.Value = "s";
        auth.Parameters.Value = """{"token":"t","key":"k"}""";
        var function = auth.Of($$"""
            {
              "a": { "type": "bearer", "token": "secretsmanager:{{AuthAtWork.Arn}}" },
              "b": { "type": "bearer", "token": "ssm:{{AuthAtWork.ParameterArn}}#token" },
              "c": { "type": "header", "name": "Authorization", "value": "ssm:{{AuthAtWork.ParameterArn}}#key" }
            }
            """);

        await function.PrepareAsync();
        Assert.Equal((1, 1), (auth.Secrets.Calls.Count, auth.Parameters.Calls.Count));

        Assert.Equal("Bearer s", await auth.AuthorizationAsync(function, "a"));
        Assert.Equal("Bearer t", await auth.AuthorizationAsync(function, "b"));
        Assert.Equal("k", await auth.AuthorizationAsync(function, "c"));
        Assert.Equal((1, 1), (auth.Secrets.Calls.Count, auth.Parameters.Calls.Count));
        Assert.Equal("", auth.Logged);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_prefetch_that_fails_is_told_and_made_up_for_at_first_use()
    {
        var function = auth.Of(AuthAtWork.Bearer);
        await function.PrepareAsync();
        auth.Secrets.Value = AuthAtWork.Hidden;

        Assert.Equal($"Bearer {AuthAtWork.Hidden}", await auth.AuthorizationAsync(function, "a"));

        Assert.Equal(2, auth.Secrets.Calls.Count);
        Assert.Equal(
            """{"timestamp":"2026-01-02T03:04:05Z","level":"WARN","message":"SecretFailed","auth":"a","errorMessage":"The secret of """
                + """\u0022a\u0022 could not be fetched: secretsmanager.GetSecretValue was refused with 400: ResourceNotFoundException."}""" + "\n",
            auth.Logged);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_prefetch_takes_three_seconds_at_most()
    {
        var asked = new TaskCompletionSource();
        auth.Secrets.OnCall = _ =>
        {
            asked.SetResult();
            return Replies.Stall;
        };
        var prefetch = auth.Of(AuthAtWork.Bearer).PrepareAsync();
        await asked.Task;
        auth.Time.Advance(TimeSpan.FromSeconds(3));

        await prefetch;

        Assert.Contains("It did not come in 3 s.", auth.Logged, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Fifty_messages_at_once_make_one_call_each_of_secret_and_token()
    {
        auth.Secrets.Value = AuthAtWork.Hidden;
        var function = auth.Of(auth.OAuth2);

        var headers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => auth.AuthorizationAsync(function, "api")));

        Assert.All(headers, header => Assert.Equal("Bearer token-1", header));
        Assert.Single(auth.Secrets.Calls);
        Assert.Single(auth.Tokens.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(400, """{"__type":"AccessDeniedException","Message":"hunter2"}""")]
    [InlineData(200, """{"SecretBinary":"hunter2"}""")]
    [InlineData(200, "hunter2")]
    [InlineData(200, """{"SecretString":"hunter2" """)]
    [InlineData(500, "")]
    public async Task No_failure_of_Secrets_Manager_shows_what_it_answered(int status, string body)
    {
        auth.Secrets.OnCall = _ => Replies.Status(status, body);
        var function = auth.Of(AuthAtWork.Bearer);
        await function.PrepareAsync();

        var why = await auth.FailAsync(function, "a");

        Assert.StartsWith("The secret of \"a\" could not be fetched: secretsmanager.GetSecretValue ", why, StringComparison.Ordinal);
    }
}
