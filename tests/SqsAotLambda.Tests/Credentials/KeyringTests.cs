using System.Net;
using System.Text;
using SqsAotLambda.Credentials;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>Entries of FORWARD_AUTH at work, against a Secrets Manager, a Parameter Store and a token endpoint on sockets.</summary>
public sealed class KeyringTests : IAsyncDisposable
{
    private const string Hidden = "hunter2";
    private const string Arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf";
    private const string ParameterArn = "arn:aws:ssm:eu-west-1:123456789012:parameter/orders/api-key";

    private readonly FakeTimeProvider time = Given.Clock();
    private readonly MemoryStream log = new();
    private readonly StubSecretsManager secrets = new();
    private readonly StubParameterStore parameters = new();
    private readonly StubServer tokens;
    private readonly List<Keyring> keyrings = [];
    private Func<StubRequest, Reply> onToken = _ => Token("token-1");

    public KeyringTests() => tokens = new(request => onToken(request));

    private static Deadline End => Deadline.Never;

    private string OAuth2 => $$"""
        { "api": { "type": "oauth2", "tokenUrl": "{{tokens.Url}}token", "clientId": "id 1", "clientSecret": "secretsmanager:{{Arn}}",
                   "scope": "read write", "audience": "https://api/?a&b" } }
        """;

    private string Logged => Encoding.UTF8.GetString(log.ToArray());

    public async ValueTask DisposeAsync()
    {
        keyrings.ForEach(keyring => keyring.Dispose());
        await secrets.DisposeAsync();
        await parameters.DisposeAsync();
        await tokens.DisposeAsync();
        await log.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_entries_nothing_is_there_or_asked()
    {
        await Keyring.Empty.PrefetchAsync();

        Assert.Empty(Keyring.Empty.Credentials);
        Assert.Empty(Keyring.Empty.Signatures);
    }

    [Fact(Timeout = 30_000)]
    public async Task Each_entry_is_there_by_its_name()
    {
        var keyring = Of($$"""
            {
              "a": { "type": "bearer", "token": "env:SECRET" }, "b": { "type": "basic", "username": "u", "password": "env:SECRET" },
              "c": { "type": "header", "name": "X-Key", "value": "env:SECRET" }, "d": { "type": "sigv4", "service": "lambda", "region": "eu-west-1" },
              "e": { "type": "oauth2", "tokenUrl": "{{tokens.Url}}", "clientId": "id", "clientSecret": "env:SECRET" },
              "f": { "type": "standard-webhooks", "secret": "secretsmanager:{{Arn}}" },
              "g": { "type": "hmac-sha256", "header": "X-S", "secret": "env:SECRET" }
            }
            """);

        Assert.Equal(["a", "b", "c", "d", "e"], keyring.Credentials.Keys.Order());
        Assert.Equal(["f", "g"], keyring.Signatures.Keys.Order());
        Assert.Equal($"Bearer {Hidden}", await AuthorizationAsync(keyring.Credentials["a"]));
        Assert.Equal("Bearer token-1", await AuthorizationAsync(keyring.Credentials["e"]));
        Assert.Empty(secrets.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task Entries_of_one_secret_share_one_call_made_ahead()
    {
        secrets.Value = """{"token":"t","key":"k"}""";
        var keyring = Of($$"""
            { "a": { "type": "bearer", "token": "secretsmanager:{{Arn}}#token" },
              "b": { "type": "header", "name": "Authorization", "value": "secretsmanager:{{Arn}}#key" } }
            """);

        await keyring.PrefetchAsync();
        var call = Assert.Single(secrets.Calls);

        Assert.Equal("Bearer t", await AuthorizationAsync(keyring.Credentials["a"]));
        Assert.Equal("k", await AuthorizationAsync(keyring.Credentials["b"]));
        Assert.Equal([call], secrets.Calls);
        Assert.Equal("", Logged);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_parameter_is_a_secret_like_those_of_Secrets_Manager()
    {
        secrets.Value = "s";
        parameters.Value = """{"token":"t","key":"k"}""";
        var keyring = Of($$"""
            {
              "a": { "type": "bearer", "token": "secretsmanager:{{Arn}}" },
              "b": { "type": "bearer", "token": "ssm:{{ParameterArn}}#token" },
              "c": { "type": "header", "name": "Authorization", "value": "ssm:{{ParameterArn}}#key" }
            }
            """);

        await keyring.PrefetchAsync();
        Assert.Equal((1, 1), (secrets.Calls.Count, parameters.Calls.Count));

        Assert.Equal("Bearer s", await AuthorizationAsync(keyring.Credentials["a"]));
        Assert.Equal("Bearer t", await AuthorizationAsync(keyring.Credentials["b"]));
        Assert.Equal("k", await AuthorizationAsync(keyring.Credentials["c"]));
        Assert.Equal((1, 1), (secrets.Calls.Count, parameters.Calls.Count));
        Assert.Equal("", Logged);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_parameter_is_used_on_while_it_cannot_be_fetched_anew()
    {
        parameters.Value = Hidden;
        var bearer = Of($$"""{ "a": { "type": "bearer", "token": "ssm:{{ParameterArn}}" } }""").Credentials["a"];
        await AuthorizationAsync(bearer);
        parameters.OnCall = _ => Replies.Status(400, """{"__type":"ThrottlingException","message":"hunter2"}""");
        time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal($"Bearer {Hidden}", await AuthorizationAsync(bearer));

        Assert.Equal(
            """{"timestamp":"2026-01-02T03:09:05Z","level":"WARN","message":"SecretFailed","auth":"a","errorMessage":"The secret of """
                + """\u0022a\u0022 could not be fetched: AmazonSSM.GetParameter was refused with 400: ThrottlingException."}""" + "\n",
            Logged);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_parameter_that_is_refused_is_fetched_anew_once()
    {
        parameters.Value = "one";
        var bearer = Of($$"""{ "a": { "type": "bearer", "token": "ssm:{{ParameterArn}}" } }""").Credentials["a"];
        await AuthorizationAsync(bearer);
        parameters.Value = "two";
        time.Advance(TimeSpan.FromMinutes(1));

        for (var each = 0; each < 5; each++)
        {
            bearer.Refused();
            Assert.Equal("Bearer two", await AuthorizationAsync(bearer));
        }

        Assert.Equal(2, parameters.Calls.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_prefetch_that_fails_is_told_and_made_up_for_at_first_use()
    {
        var bearer = Bearer(out var keyring);
        await keyring.PrefetchAsync();
        secrets.Value = Hidden;

        Assert.Equal($"Bearer {Hidden}", await AuthorizationAsync(bearer));

        Assert.Equal(2, secrets.Calls.Count);
        Assert.Equal(
            """{"timestamp":"2026-01-02T03:04:05Z","level":"WARN","message":"SecretFailed","auth":"a","errorMessage":"The secret of """
                + """\u0022a\u0022 could not be fetched: secretsmanager.GetSecretValue was refused with 400: ResourceNotFoundException."}""" + "\n",
            Logged);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_prefetch_takes_three_seconds_at_most()
    {
        var asked = new TaskCompletionSource();
        secrets.OnCall = _ =>
        {
            asked.SetResult();
            return Replies.Stall;
        };
        Bearer(out var keyring);
        var prefetch = keyring.PrefetchAsync();
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(3));

        await prefetch;

        Assert.Contains("It did not come in 3 s.", Logged, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_secret_is_fetched_anew_after_five_minutes_and_the_old_one_used_on_if_that_fails()
    {
        secrets.Value = "one";
        var bearer = Bearer(out _);
        Assert.Equal("Bearer one", await AuthorizationAsync(bearer));
        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Equal("Bearer one", await AuthorizationAsync(bearer));
        Assert.Single(secrets.Calls);

        time.Advance(TimeSpan.FromSeconds(1));
        secrets.OnCall = _ => StubSecretsManager.Refuse();
        Assert.Equal("Bearer one", await AuthorizationAsync(bearer));
        Assert.Contains("SecretFailed", Logged, StringComparison.Ordinal);

        time.Advance(TimeSpan.FromMinutes(1));
        secrets.Value = "two";
        Assert.Equal("Bearer two", await AuthorizationAsync(bearer));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_secret_that_is_refused_is_fetched_anew_once()
    {
        secrets.Value = "one";
        var bearer = Bearer(out _);
        await AuthorizationAsync(bearer);
        secrets.Value = "two";
        time.Advance(TimeSpan.FromMinutes(1));

        for (var each = 0; each < 5; each++)
        {
            bearer.Refused();
            Assert.Equal("Bearer two", await AuthorizationAsync(bearer));
        }

        Assert.Equal(2, secrets.Calls.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task Fifty_messages_at_once_make_one_call_each_of_secret_and_token()
    {
        secrets.Value = Hidden;
        var credential = Of(OAuth2).Credentials["api"];

        var headers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => AuthorizationAsync(credential))));

        Assert.All(headers, header => Assert.Equal("Bearer token-1", header));
        Assert.Single(secrets.Calls);
        Assert.Single(tokens.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_is_asked_for_as_RFC_6749_has_it()
    {
        secrets.Value = "s:/+ ~";

        await AuthorizationAsync(Of(OAuth2).Credentials["api"]);

        var request = Assert.Single(tokens.Requests);
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
        secrets.Value = Hidden;
        onToken = _ => Token("token-1", expires);
        var credential = Of(OAuth2).Credentials["api"];
        await AuthorizationAsync(credential);
        onToken = _ => Token("token-2");

        time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.Equal("Bearer token-1", await AuthorizationAsync(credential));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Bearer token-2", await AuthorizationAsync(credential));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_is_used_until_it_expires_while_there_is_no_new_one()
    {
        secrets.Value = Hidden;
        onToken = _ => Token("token-1", ",\"expires_in\":100");
        var credential = Of(OAuth2).Credentials["api"];
        await AuthorizationAsync(credential);
        onToken = _ => Replies.Status(503, Hidden);

        time.Advance(TimeSpan.FromSeconds(99));
        Assert.Equal("Bearer token-1", await AuthorizationAsync(credential));
        Assert.Contains("SecretFailed", Logged, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<CredentialException>(() => AuthorizationAsync(credential));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_that_is_refused_is_fetched_anew_once()
    {
        secrets.Value = Hidden;
        var credential = Of(OAuth2).Credentials["api"];
        await AuthorizationAsync(credential);
        onToken = _ => Token("token-2");
        time.Advance(TimeSpan.FromMinutes(1));

        for (var each = 0; each < 5; each++)
        {
            credential.Refused();
            Assert.Equal("Bearer token-2", await AuthorizationAsync(credential));
        }

        Assert.Equal(2, tokens.Requests.Count);
        Assert.Single(secrets.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_client_secret_that_is_refused_is_fetched_anew_for_the_next_token()
    {
        secrets.Value = "old";
        onToken = request =>
            request.Headers["Authorization"] == $"Basic {Convert.ToBase64String("id+1:new"u8)}"
                ? Token("token-1")
                : Replies.Status(401, """{"error":"invalid_client"}""");
        var keyring = Of(OAuth2);
        await keyring.PrefetchAsync();
        secrets.Value = "new";
        time.Advance(TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<CredentialException>(() => AuthorizationAsync(keyring.Credentials["api"]));

        Assert.Equal("Bearer token-1", await AuthorizationAsync(keyring.Credentials["api"]));
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
        await RefusedTokenAsync(Replies.Status(307, "", $"Location: {tokens.Url}other"), "answered 307");

        Assert.Single(tokens.Requests);
    }

    [Fact(Timeout = 30_000)]
    public Task An_answer_that_breaks_off_is_none() =>
        RefusedTokenAsync(
            Replies.RawThenClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\":\"hunter2\""), "gave no answer: Truncated");

    [Fact(Timeout = 30_000)]
    public Task An_answer_that_is_too_long_is_none() => RefusedTokenAsync(
        Replies.Status(200, $$"""{"access_token":"{{new string('x', 64 * 1024)}}","token_type":"bearer"}"""), "gave no answer: Truncated");

    [Fact(Timeout = 30_000)]
    public async Task A_silent_token_endpoint_is_waited_for_five_seconds_at_most()
    {
        var asked = new TaskCompletionSource();
        onToken = _ =>
        {
            asked.SetResult();
            return Replies.Stall;
        };
        var keyring = Of(OAuth2.Replace($"secretsmanager:{Arn}", "env:SECRET", StringComparison.Ordinal), time);
        var authorization = AuthorizationAsync(keyring.Credentials["api"]);
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(5));

        var exception = await Assert.ThrowsAsync<CredentialException>(() => authorization);

        Assert.Equal("The token endpoint of \"api\" gave no answer: Timeout.", exception.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_deadline_that_passes_is_no_failure_of_the_token_endpoint()
    {
        secrets.Value = Hidden;
        onToken = _ => Replies.Stall;

        await Assert.ThrowsAsync<OutOfTimeException>(
            () => AuthorizationAsync(Of(OAuth2).Credentials["api"], Deadline.After(TimeSpan.FromMilliseconds(100), TimeProvider.System)));
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
        secrets.Value = value;
        var keyring = Of($$"""{ "a": { "type": "bearer", "token": "secretsmanager:{{Arn}}{{key}}" } }""");

        var exception = await Assert.ThrowsAsync<CredentialException>(() => AuthorizationAsync(keyring.Credentials["a"]));

        Assert.Equal($"The secret of \"a\" {why}.", exception.Message);
        AssertHidden(exception);
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
        secrets.Value = broken;
        var keyring = Of(
            json.Replace("STORED", $"secretsmanager:{Arn}", StringComparison.Ordinal)
                .Replace("TOKENS", tokens.Url.ToString(), StringComparison.Ordinal));
        await keyring.PrefetchAsync();
        secrets.Value = mended;

        time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        await Assert.ThrowsAsync<CredentialException>(() => AuthorizationAsync(keyring.Credentials["a"]));
        Assert.Single(secrets.Calls);

        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(authorization, await AuthorizationAsync(keyring.Credentials["a"]));
        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        await AuthorizationAsync(keyring.Credentials["a"]);

        Assert.Equal(2, secrets.Calls.Count);
        Assert.DoesNotContain(Hidden, Logged, StringComparison.Ordinal);
        Assert.Single(Logged.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.Contains("SecretFailed", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_parameter_that_is_of_no_use_to_a_signature_is_asked_for_again_after_thirty_seconds()
    {
        parameters.Value = "not base64";
        var signature = Of($$"""{ "a": { "type": "standard-webhooks", "secret": "ssm:{{ParameterArn}}" } }""").Signatures["a"];
        var request = new Request("POST", new("https://example.com"), null);
        await Assert.ThrowsAsync<CredentialException>(() => signature.SignAsync(request, "m", End).AsTask());

        parameters.Value = Convert.ToBase64String(new byte[24]);
        time.Advance(TimeSpan.FromSeconds(30));
        await signature.SignAsync(request, "m", End);

        Assert.NotNull(request.Find("webhook-signature"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_secret_that_becomes_unusable_is_used_on_as_it_was()
    {
        secrets.Value = """{"key":"one","other":"x"}""";
        var keyring = Of($$"""
            { "a": { "type": "bearer", "token": "secretsmanager:{{Arn}}#key" }, "b": { "type": "bearer", "token": "secretsmanager:{{Arn}}#other" } }
            """);
        await keyring.PrefetchAsync();
        time.Advance(TimeSpan.FromMinutes(5));

        secrets.Value = """{"key":"hunter2\n","other":"y"}""";
        Assert.Equal(
            ("Bearer one", "Bearer y"), (await AuthorizationAsync(keyring.Credentials["a"]), await AuthorizationAsync(keyring.Credentials["b"])));
        Assert.Equal(
            """{"timestamp":"2026-01-02T03:09:05Z","level":"WARN","message":"SecretFailed","auth":"a","errorMessage":"The secret of """
                + """\u0022a\u0022 is not printable ASCII without outer spaces."}""" + "\n",
            Logged);

        time.Advance(TimeSpan.FromSeconds(30));
        secrets.Value = """{"key":"two"}""";
        Assert.Equal(
            ("Bearer two", "Bearer y"), (await AuthorizationAsync(keyring.Credentials["a"]), await AuthorizationAsync(keyring.Credentials["b"])));
        Assert.Equal(3, secrets.Calls.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task Refusals_of_a_secret_make_one_call_in_thirty_seconds_at_most()
    {
        secrets.Value = """{"key":"one"}""";
        var bearer = Of($$"""{ "a": { "type": "bearer", "token": "secretsmanager:{{Arn}}#key" } }""").Credentials["a"];
        await AuthorizationAsync(bearer);
        secrets.Value = "{}";

        for (var second = 0; second < 60; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            bearer.Refused();
            Assert.Equal("Bearer one", await AuthorizationAsync(bearer));
        }

        Assert.Equal(3, secrets.Calls.Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(400, """{"__type":"AccessDeniedException","Message":"hunter2"}""")]
    [InlineData(200, """{"SecretBinary":"hunter2"}""")]
    [InlineData(200, "hunter2")]
    [InlineData(200, """{"SecretString":"hunter2" """)]
    [InlineData(500, "")]
    public async Task No_failure_of_Secrets_Manager_shows_what_it_answered(int status, string body)
    {
        secrets.OnCall = _ => Replies.Status(status, body);
        var bearer = Bearer(out var keyring);
        await keyring.PrefetchAsync();

        var exception = await Assert.ThrowsAsync<CredentialException>(() => AuthorizationAsync(bearer));

        Assert.StartsWith("The secret of \"a\" could not be fetched: secretsmanager.GetSecretValue ", exception.Message, StringComparison.Ordinal);
        AssertHidden(exception);
    }

    private static Reply Token(string token, string more = "") =>
        Replies.Status(200, $$"""{"access_token":"{{token}}","token_type":"Bearer"{{more}}}""");

    private static async Task<string> AuthorizationAsync(Credential credential, Deadline? deadline = null)
    {
        var request = new Request("POST", new("https://example.com"), null);
        await credential.AuthorizeAsync(request, deadline ?? Deadline.Never);
        return Assert.Single(request.Headers, header => header.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)).Value;
    }

    [Fact(Timeout = 30_000)]
    public async Task A_token_endpoint_on_a_refused_address_gets_no_secret()
    {
        secrets.Value = Hidden;
        var settings = Given.Settings(
            new("https://example.com"),
            ("FORWARD_AUTH", OAuth2.Replace("localhost", "name.example", StringComparison.Ordinal)),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.Url.ToString()));
        var dialler = new GuardedDialler(new(allowLoopback: false), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        using var connections = new ConnectionPool(
            new Connector(dialler.DialAsync, TrustStore.Default, settings.ConnectTimeout, HttpSender.MaxBody, TimeProvider.System),
            TimeProvider.System);
        using var guarded = new Keyring(
            settings.Auth,
            settings.SecretsManagerEndpoint,
            settings.ParameterStoreEndpoint,
            connections,
            keys: null,
            TrustStore.Default,
            time,
            new JsonLog(log, LogLevel.Info, time));

        var exception = await Assert.ThrowsAsync<CredentialException>(() => AuthorizationAsync(guarded.Credentials["api"]));

        Assert.Equal("The token endpoint of \"api\" is at no address that may be dialled.", exception.Message);
        Assert.Equal(0, tokens.Connections);
    }

    private async Task RefusedTokenAsync(Reply answer, string why)
    {
        secrets.Value = Hidden;
        onToken = _ => answer;
        var credential = Of(OAuth2).Credentials["api"];

        var exception = await Assert.ThrowsAsync<CredentialException>(() => AuthorizationAsync(credential));

        Assert.Equal($"The token endpoint of \"api\" {why}.", exception.Message);
        AssertHidden(exception);
    }

    private void AssertHidden(Exception exception)
    {
        Assert.DoesNotContain(Hidden, exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, Logged, StringComparison.Ordinal);
    }

    private Credential Bearer(out Keyring keyring, TimeProvider? clock = null)
    {
        keyring = Of($$"""{ "a": { "type": "bearer", "token": "secretsmanager:{{Arn}}" } }""", clock);
        return keyring.Credentials["a"];
    }

    private Keyring Of(string json, TimeProvider? clock = null)
    {
        var settings = Given.Settings(
            new("https://example.com"),
            ("FORWARD_AUTH", json),
            ("SECRET", Hidden),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.Url.ToString()),
            ("AWS_ENDPOINT_URL_SSM", parameters.Url.ToString()));
        var keyring = new Keyring(
            settings.Auth,
            settings.SecretsManagerEndpoint,
            settings.ParameterStoreEndpoint,
            Given.Connections(settings, clock),
            keys: null,
            TrustStore.Default,
            clock ?? time,
            new JsonLog(log, LogLevel.Info, time));
        keyrings.Add(keyring);
        return keyring;
    }
}
