using SqsAotLambda.Credentials;
using SqsAotLambda.Reading;
using SqsAotLambda.Settings;
using static SqsAotLambda.Tests.Credentials.ParsedAuth;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>What FORWARD_AUTH takes.</summary>
public sealed class AuthTests
{
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

    private static Variables Reader(string json) => new(Environment(json));
}
