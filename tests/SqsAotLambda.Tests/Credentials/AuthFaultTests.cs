using static SqsAotLambda.Tests.Credentials.ParsedAuth;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>Every fault of FORWARD_AUTH, told without a secret.</summary>
public sealed class AuthFaultTests
{
    private const string NotFree = "it takes a header name that no other part of the request uses";

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
}
