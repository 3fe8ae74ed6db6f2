using SqsAotLambda.Credentials;
using SqsAotLambda.Reading;
using SqsAotLambda.Settings;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>What FORWARD_AUTH takes, and every fault of it.</summary>
public sealed class AuthTests
{
    private const string Arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf";
    private const string ParameterArn = "arn:aws:ssm:eu-central-1:123456789012:parameter/orders/api-key";
    private const string Hidden = "hunter2";
    private const string NotFree = "it takes a header name that no other part of the request uses";
    private const string NotASource = "it takes env:NAME, secretsmanager:ARN or ssm:ARN, the ARN with #json-key or without, never the secret itself";

    [Fact]
    public void All_types_are_taken()
    {
        var auth = Parse($$"""
            {
              "default":      { "type": "bearer", "token": "secretsmanager:{{Arn}}#token" },
              "orders-api":   { "type": "oauth2", "tokenUrl": "https://id.example.com/token?a=b", "clientId": "id 1",
                                "clientSecret": "secretsmanager:{{Arn}}", "scope": "a b", "audience": "https://api" },
              "legacy":       { "type": "basic", "username": "jürgen", "password": "env:SECRET" },
              "key":          { "type": "header", "name": "X-Api-Key", "value": "env:SECRET" },
              "own":          { "type": "header", "name": "Authorization", "value": "env:SECRET" },
              "iam":          { "type": "sigv4", "service": "execute-api", "region": "eu-west-1" },
              "default-sign": { "type": "standard-webhooks", "secret": "env:WEBHOOK", "previous": "secretsmanager:{{Arn}}#previous" },
              "Hook_2":       { "type": "standard-webhooks", "secret": "env:RAW_WEBHOOK" },
              "hub":          { "type": "hmac-sha256", "header": "X-Hub-Signature-256", "prefix": "sha256=", "secret": "env:SECRET" },
              "bare":         { "type": "hmac-sha256", "header": "X-Signature", "secret": "env:SECRET" }
            }
            """);

        Assert.Equal(["default", "iam", "key", "legacy", "orders-api", "own"], auth.Credentials.Keys.Order());
        Assert.Equal(["Hook_2", "bare", "default-sign", "hub"], auth.Signatures.Keys.Order(StringComparer.Ordinal));
        var token = Assert.IsType<StoredSecret>(Assert.IsType<BearerEntry>(auth.Credentials["default"]).Token);
        Assert.Equal((Arn, "eu-west-1", "token"), (token.Arn.Text, token.Arn.Region, token.Key));
        var oauth2 = Assert.IsType<OAuth2Entry>(auth.Credentials["orders-api"]);
        Assert.Equal(
            ("https://id.example.com/token?a=b", "id 1", "a b", "https://api"),
            (oauth2.TokenUrl.ToString(), oauth2.ClientId, oauth2.Scope, oauth2.Audience));
        Assert.Null(Assert.IsType<StoredSecret>(oauth2.ClientSecret).Key);
        Assert.Equal(new("iam", "execute-api", "eu-west-1"), Assert.IsType<SigV4Entry>(auth.Credentials["iam"]));
        Assert.NotNull(Assert.IsType<StandardWebhooksEntry>(auth.Signatures["default-sign"]).Previous);
        Assert.Null(Assert.IsType<StandardWebhooksEntry>(auth.Signatures["Hook_2"]).Previous);
        Assert.Equal("sha256=", Assert.IsType<HmacSha256Entry>(auth.Signatures["hub"]).Prefix);
        Assert.Equal("", Assert.IsType<HmacSha256Entry>(auth.Signatures["bare"]).Prefix);
        Assert.True(auth.HasCredential("iam") && auth.HasSignature("hub") && !auth.HasCredential("hub") && !auth.HasSignature("iam"));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("#key", "key")]
    [InlineData("#a#b:c", "a#b:c")]
    public void A_secret_may_be_a_parameter(string more, string? key)
    {
        var token = Assert.IsType<StoredSecret>(
            Assert.Single(Parse($$"""{ "a": { "type": "bearer", "token": "ssm:{{ParameterArn}}{{more}}" } }""").Secrets));

        Assert.Equal((ParameterArn, "ssm", "eu-central-1", key), (token.Arn.Text, token.Arn.Service, token.Arn.Region, token.Key));
        Assert.Equal($"ssm:{ParameterArn}{more}", token.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    public void Without_entries_there_is_nothing(string json) => Assert.True(Parse(json).IsEmpty);

    [Fact]
    public void A_plain_token_endpoint_is_taken_where_plain_http_is()
    {
        var json = """{"a":{"type":"oauth2","tokenUrl":"http://id.example/token","clientId":"id","clientSecret":"env:SECRET"}}""";

        Assert.Equal("id.example", Assert.IsType<OAuth2Entry>(Parse(json, ("FORWARD_ALLOW_HTTP", "true")).Credentials["a"]).TokenUrl.Host);
    }

    [Theory]
    [InlineData("""[]""", "FORWARD_AUTH is not a JSON object.")]
    [InlineData("""{"a":""", "FORWARD_AUTH is not valid JSON at byte 5 of line 0.")]
    [InlineData("""{"a b":{"type":"bearer"}}""", "FORWARD_AUTH has a name at place 1 that is not made of A to Z, a to z, 0 to 9, _ and -.")]
    [InlineData(
        """{"a":{"type":"bearer","token":"env:SECRET"},"a":{"type":"bearer","token":"env:SECRET"}}""", "FORWARD_AUTH has two entries named a.")]
    [InlineData("""{"a":"hunter2"}""", "FORWARD_AUTH \"a\" is not a JSON object.")]
    [InlineData("""{"a":{}}""", "FORWARD_AUTH \"a\" has no type.")]
    [InlineData("""{"a":{"type":7}}""", "FORWARD_AUTH \"a\" has a type that is not a text.")]
    [InlineData(
        """{"a":{"type":"hunter2"}}""",
        "FORWARD_AUTH \"a\" has a type that is not allowed; it takes bearer, oauth2, basic, header, sigv4, standard-webhooks or hmac-sha256.")]
    [InlineData("""{"a":{"type":"bearer"}}""", "FORWARD_AUTH \"a\" has no token.")]
    [InlineData("""{"a":{"type":"bearer","token":{"x":"hunter2"}}}""", "FORWARD_AUTH \"a\" has a token that is not a text.")]
    [InlineData(
        """{"a":{"type":"bearer","token":"env:SECRET","scope":"hunter2"}}""",
        "FORWARD_AUTH \"a\" has a member scope, which is unknown; it takes type, token.")]
    [InlineData("""{"a":{"type":"bearer","token":"hunter2"}}""", $"FORWARD_AUTH \"a\" has a token that is not allowed; {NotASource}.")]
    [InlineData("""{"a":{"type":"bearer","token":"env:hunter2 x"}}""", $"FORWARD_AUTH \"a\" has a token that is not allowed; {NotASource}.")]
    [InlineData("""{"a":{"type":"bearer","token":"env:"}}""", $"FORWARD_AUTH \"a\" has a token that is not allowed; {NotASource}.")]
    [InlineData("""{"a":{"type":"bearer","token":"secretsmanager:hunter2"}}""", $"FORWARD_AUTH \"a\" has a token that is not allowed; {NotASource}.")]
    [InlineData(
        """{"a":{"type":"bearer","token":"secretsmanager:""" + Arn + """#"}}""",
        $"FORWARD_AUTH \"a\" has a token that is not allowed; {NotASource}.")]
    [InlineData(
        """{"a":{"type":"bearer","token":"secretsmanager:""" + ParameterArn + "\"}}",
        $"FORWARD_AUTH \"a\" has a token that is not allowed; {NotASource}.")]
    [InlineData("""{"a":{"type":"bearer","token":"ssm:""" + Arn + "\"}}", $"FORWARD_AUTH \"a\" has a token that is not allowed; {NotASource}.")]
    [InlineData(
        """{"a":{"type":"bearer","token":"ssm:""" + ParameterArn + """#"}}""", $"FORWARD_AUTH \"a\" has a token that is not allowed; {NotASource}.")]
    [InlineData("""{"a":{"type":"bearer","token":"ssm"}}""", $"FORWARD_AUTH \"a\" has a token that is not allowed; {NotASource}.")]
    [InlineData("""{"a":{"type":"bearer","token":"ssm:/name"}}""", $"FORWARD_AUTH \"a\" has a token that is not allowed; {NotASource}.")]
    [InlineData(
        """{"a":{"type":"bearer","token":"env:hunter2"}}""", "FORWARD_AUTH \"a\" has a token in an environment variable that is missing or empty.")]
    [InlineData(
        """{"a":{"type":"bearer","token":"env:EMPTY"}}""", "FORWARD_AUTH \"a\" has a token in an environment variable that is missing or empty.")]
    [InlineData(
        """{"a":{"type":"bearer","token":"env:LINES"}}""",
        "FORWARD_AUTH \"a\" has a token in an environment variable that is not printable ASCII without outer spaces.")]
    [InlineData(
        """{"a":{"type":"basic","username":"a:b","password":"env:SECRET"}}""",
        "FORWARD_AUTH \"a\" has a username that is not allowed; it takes a text without colons and control characters.")]
    [InlineData(
        """{"a":{"type":"basic","username":"a\nb","password":"env:SECRET"}}""",
        "FORWARD_AUTH \"a\" has a username that is not allowed; it takes a text without colons and control characters.")]
    [InlineData("""{"a":{"type":"basic","password":"env:SECRET"}}""", "FORWARD_AUTH \"a\" has no username.")]
    [InlineData("""{"a":{"type":"basic","username":"u"}}""", "FORWARD_AUTH \"a\" has no password.")]
    [InlineData(
        """{"a":{"type":"basic","username":"u","password":"env:LINES"}}""",
        "FORWARD_AUTH \"a\" has a password in an environment variable that holds control characters.")]
    [InlineData("""{"a":{"type":"header","value":"env:SECRET"}}""", "FORWARD_AUTH \"a\" has no name.")]
    [InlineData("""{"a":{"type":"header","name":"X Key","value":"env:SECRET"}}""", $"FORWARD_AUTH \"a\" has a name that is not allowed; {NotFree}.")]
    [InlineData("""{"a":{"type":"header","name":"Host","value":"env:SECRET"}}""", $"FORWARD_AUTH \"a\" has a name that is not allowed; {NotFree}.")]
    [InlineData("""{"a":{"type":"header","name":"ce-id","value":"env:SECRET"}}""", $"FORWARD_AUTH \"a\" has a name that is not allowed; {NotFree}.")]
    [InlineData("""{"a":{"type":"header","name":"X-Key"}}""", "FORWARD_AUTH \"a\" has no value.")]
    [InlineData("""{"a":{"type":"oauth2","clientId":"id","clientSecret":"env:SECRET"}}""", "FORWARD_AUTH \"a\" has no tokenUrl.")]
    [InlineData(
        """{"a":{"type":"oauth2","tokenUrl":"http://id.example","clientId":"id","clientSecret":"env:SECRET"}}""",
        "FORWARD_AUTH \"a\" has a tokenUrl that is not allowed; it takes an absolute https URL without user name, password or fragment, and at no "
            + "address that is refused.")]
    [InlineData(
        """{"a":{"type":"oauth2","tokenUrl":"https://u:hunter2@id.example","clientId":"id","clientSecret":"env:SECRET"}}""",
        "FORWARD_AUTH \"a\" has a tokenUrl that is not allowed; it takes an absolute https URL without user name, password or fragment, and at no "
            + "address that is refused.")]
    [InlineData(
        """{"a":{"type":"oauth2","tokenUrl":"https://a.localhost./","clientId":"id","clientSecret":"env:SECRET"}}""",
        "FORWARD_AUTH \"a\" has a tokenUrl that is not allowed; it takes an absolute https URL without user name, password or fragment, and at no "
            + "address that is refused.")]
    [InlineData("""{"a":{"type":"oauth2","tokenUrl":"https://id.example","clientSecret":"env:SECRET"}}""", "FORWARD_AUTH \"a\" has no clientId.")]
    [InlineData(
        """{"a":{"type":"oauth2","tokenUrl":"https://id.example","clientId":"é","clientSecret":"env:SECRET"}}""",
        "FORWARD_AUTH \"a\" has a clientId that is not allowed; it takes printable ASCII.")]
    [InlineData("""{"a":{"type":"oauth2","tokenUrl":"https://id.example","clientId":"id"}}""", "FORWARD_AUTH \"a\" has no clientSecret.")]
    [InlineData(
        """{"a":{"type":"oauth2","tokenUrl":"https://id.example","clientId":"id","clientSecret":"env:SECRET","scope":""}}""",
        "FORWARD_AUTH \"a\" has a scope that is not allowed; it takes printable ASCII.")]
    [InlineData(
        """{"a":{"type":"oauth2","tokenUrl":"https://id.example","clientId":"id","clientSecret":"env:SECRET","audience":"\n"}}""",
        "FORWARD_AUTH \"a\" has a audience that is not allowed; it takes printable ASCII.")]
    [InlineData("""{"a":{"type":"sigv4","region":"eu-west-1"}}""", "FORWARD_AUTH \"a\" has no service.")]
    [InlineData(
        """{"a":{"type":"sigv4","service":"Execute/api","region":"eu-west-1"}}""",
        "FORWARD_AUTH \"a\" has a service that is not allowed; it takes a name of a to z, 0 to 9 and -, such as execute-api.")]
    [InlineData(
        """{"a":{"type":"sigv4","service":"lambda","region":"EU"}}""",
        "FORWARD_AUTH \"a\" has a region that is not allowed; it takes a name of a to z, 0 to 9 and -, such as eu-west-1.")]
    [InlineData("""{"a":{"type":"sigv4","service":"lambda"}}""", "FORWARD_AUTH \"a\" has no region, and AWS_REGION names none.")]
    [InlineData("""{"a":{"type":"standard-webhooks"}}""", "FORWARD_AUTH \"a\" has no secret.")]
    [InlineData(
        """{"a":{"type":"standard-webhooks","secret":"env:SECRET"}}""",
        "FORWARD_AUTH \"a\" has a secret in an environment variable that is not the base64 of 24 to 64 bytes, with or without whsec_ before it.")]
    [InlineData(
        """{"a":{"type":"standard-webhooks","secret":"env:PUBLIC_KEY"}}""",
        "FORWARD_AUTH \"a\" has a secret in an environment variable that is not the base64 of 24 to 64 bytes, with or without whsec_ before it.")]
    [InlineData(
        """{"a":{"type":"standard-webhooks","secret":"env:BARE_PREFIX"}}""",
        "FORWARD_AUTH \"a\" has a secret in an environment variable that is not the base64 of 24 to 64 bytes, with or without whsec_ before it.")]
    [InlineData(
        """{"a":{"type":"standard-webhooks","secret":"env:SHORT_KEY"}}""",
        "FORWARD_AUTH \"a\" has a secret in an environment variable that is not the base64 of 24 to 64 bytes, with or without whsec_ before it.")]
    [InlineData(
        """{"a":{"type":"standard-webhooks","secret":"env:LONG_KEY"}}""",
        "FORWARD_AUTH \"a\" has a secret in an environment variable that is not the base64 of 24 to 64 bytes, with or without whsec_ before it.")]
    [InlineData("""{"a":{"type":"standard-webhooks","secret":"env:WEBHOOK","previous":""}}""", "FORWARD_AUTH \"a\" has no previous.")]
    [InlineData("""{"a":{"type":"hmac-sha256","secret":"env:SECRET"}}""", "FORWARD_AUTH \"a\" has no header.")]
    [InlineData(
        """{"a":{"type":"hmac-sha256","header":"Content-Type","secret":"env:SECRET"}}""",
        $"FORWARD_AUTH \"a\" has a header that is not allowed; {NotFree}.")]
    [InlineData(
        """{"a":{"type":"hmac-sha256","header":"X-S","prefix":"a\r\nb","secret":"env:SECRET"}}""",
        "FORWARD_AUTH \"a\" has a prefix that is not allowed; it takes printable ASCII.")]
    [InlineData("""{"a":{"type":"hmac-sha256","header":"X-S"}}""", "FORWARD_AUTH \"a\" has no secret.")]
    [InlineData(
        """{"default":{"type":"hmac-sha256","header":"X-S","secret":"env:SECRET"}}""",
        "FORWARD_AUTH \"default\" is a signature; the one that FORWARD_URL uses is named default-sign.")]
    [InlineData(
        """{"default-sign":{"type":"bearer","token":"env:SECRET"}}""",
        "FORWARD_AUTH \"default-sign\" is a credential; the one that FORWARD_URL uses is named default.")]
    public void A_fault_names_the_entry_and_what_is_allowed_and_shows_no_value(string json, string fault)
    {
        Assert.Equal([fault], Faults(json));
        Assert.DoesNotContain(Hidden, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_at_once() => Assert.Equal(
        [
            "FORWARD_AUTH \"a\" has no tokenUrl.",
            "FORWARD_AUTH \"a\" has no clientId.",
            $"FORWARD_AUTH \"a\" has a clientSecret that is not allowed; {NotASource}.",
            "FORWARD_AUTH \"b\" has no type.",
            "FORWARD_AUTH \"c\" has no service.",
            "FORWARD_AUTH \"c\" has no region, and AWS_REGION names none.",
            "FORWARD_AUTH \"c\" has a member more, which is unknown; it takes type, service, region.",
        ],
        Faults("""{"a":{"type":"oauth2","clientSecret":"hunter2"},"b":{},"c":{"type":"sigv4","more":1}}"""));

    [Fact]
    public void Signatures_are_for_the_functions_own_region_unless_the_entry_names_one()
    {
        var auth = Parse(
            """{"a":{"type":"sigv4","service":"lambda"},"b":{"type":"sigv4","service":"lambda","region":"eu-west-2"}}""",
            ("AWS_REGION", "eu-west-1"));

        Assert.Equal(["eu-west-1", "eu-west-2"], auth.Credentials.Values.Cast<SigV4Entry>().Select(entry => entry.Region));
    }

    [Fact]
    public void A_faulty_entry_is_still_there_for_those_who_name_it()
    {
        var read = Reader("""{"a":{"type":"bearer"},"b":{"type":"hunter2"}}""");

        var auth = AuthReader.Read(read, new(allowHttp: false, new(allowLoopback: false), new("", "")));

        Assert.True(auth.HasCredential("a") && auth.HasCredential("b") && auth.HasSignature("b"));
        Assert.False(auth.HasSignature("a") || auth.HasCredential("c") || auth.HasSignature("c"));
    }

    [Fact]
    public void The_text_of_a_source_is_that_of_the_setting()
    {
        var auth = Parse("""{"a":{"type":"bearer","token":"env:SECRET"}}""");

        Assert.Equal("env:SECRET", Assert.Single(auth.Secrets).ToString());
        Assert.DoesNotContain(Hidden, auth.Credentials["a"].ToString(), StringComparison.Ordinal);
    }

    private static AuthEntries Parse(string json, params (string Name, string Value)[] others) =>
        FunctionSettings.Parse(Environment(json, others)).Auth;

    private static IReadOnlyList<string> Faults(string json) =>
        Assert.Throws<InvalidSettingsException>(() => FunctionSettings.Parse(Environment(json))).Faults;

    private static Variables Reader(string json) => new(Environment(json));

    private static Dictionary<string, string> Environment(string json, params (string Name, string Value)[] others)
    {
        var environment = others.ToDictionary(each => each.Name, each => each.Value);
        environment.Add("FORWARD_URL", "https://example.com");
        environment.Add("FORWARD_AUTH", json);
        environment.Add("SECRET", Hidden);
        environment.Add("EMPTY", "");
        environment.Add("LINES", "hunter2\r\nX: y");
        environment.Add("WEBHOOK", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        environment.Add("RAW_WEBHOOK", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        environment.Add("PUBLIC_KEY", "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        environment.Add("BARE_PREFIX", "whsec_");
        environment.Add("SHORT_KEY", $"whsec_{Convert.ToBase64String(new byte[23])}");
        environment.Add("LONG_KEY", $"whsec_{Convert.ToBase64String(new byte[65])}");
        return environment;
    }
}
