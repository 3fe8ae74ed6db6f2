using System.Text;
using SqsAotLambda.Aws;

namespace SqsAotLambda.Tests.Aws;

/// <summary>
/// The vectors of the public aws-sig-v4-test-suite (paths and queries as in awslabs/aws-c-auth), one of aws-sdk-go-v2, and two of SQS's own
/// protocol.
/// </summary>
public sealed class SigV4Tests
{
    private const string Visibility =
        """{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/my-queue","Entries":"""
        + """[{"Id":"0","ReceiptHandle":"AQEB","VisibilityTimeout":30}]}""";

    private static readonly DateTimeOffset At = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);
    private static readonly AwsCredentials Example = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", SessionToken: null);
    private static readonly NameValue[] Basic = [new("Host", "example.amazonaws.com"), new("X-Amz-Date", "20150830T123600Z")];

    [Fact]
    public void Get_vanilla() =>
        AssertSignature("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", "GET", [], Basic, "");

    [Fact]
    public void Get_vanilla_query_order_key_case() =>
        AssertSignature(
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500", "GET", [new("Param2", "value2"), new("Param1", "value1")], Basic, "");

    [Fact]
    public void Post_vanilla() =>
        AssertSignature("5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b", "POST", [], Basic, "");

    [Fact]
    public void Post_x_www_form_urlencoded() => AssertSignature(
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a", "POST", [],
        [
            new("Content-Type", "application/x-www-form-urlencoded"),
            .. Basic,
        ], "Param1=value1");

    /// <summary>The suite writes paths as they are before they are encoded, so once is right here.</summary>
    [Theory]
    [InlineData("get-utf8", "/\u1234", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("get-space-normalized", "/example space/", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [InlineData(
        "get-unreserved",
        "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")]
    [InlineData("get-slash-normalized", "//", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-slashes-normalized", "//example//", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84")]
    public void Paths_of_the_suite(string name, string path, string signature)
    {
        Assert.NotEmpty(name);
        AssertSignature(signature, "GET", [], Basic, "", path: path);
    }

    /// <summary>
    /// aws/signer/v4/functional_test.go of aws-sdk-go-v2, TestStandaloneSign: /logs-*/_search is sent as /logs-%2A/_search and signed as
    /// /logs-%252A/_search.
    /// </summary>
    [Fact]
    public void A_path_as_it_is_sent_is_encoded_once_more()
    {
        var signer = new SigV4(new("AKID", "SECRET", "SESSION"), "us-west-2", "es");
        NameValue[] headers =
        [
            new("Host", "hostname-clusterkey.us-west-2.es.amazonaws.com"),
            new("X-Amz-Date", "19700101T000000Z"),
            new("X-Amz-Security-Token", "SESSION"),
        ];

        var authorization = signer.Authorization("GET", "/logs-%2A/_search", SigV4.Parameters("?pretty=true"), headers, [], DateTimeOffset.UnixEpoch);

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKID/19700101/us-west-2/es/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, "
            + "Signature=79d0760751907af16f64a537c1242416dacf51204a7dd5284492d15577973b91",
            authorization);
    }

    [Theory]
    [InlineData(
        "get-vanilla-query-order-encoded",
        "?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
        "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac")]
    [InlineData("get-vanilla-utf8-query", "?%E1%88%B4=bar", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [InlineData("get-vanilla-empty-query-key", "?Param1=value1", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb")]
    [InlineData("get-vanilla", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    public void Queries_of_the_suite_as_they_are_sent(string name, string query, string signature)
    {
        Assert.NotEmpty(name);
        AssertSignature(signature, "GET", SigV4.Parameters(query), Basic, "");
    }

    [Fact]
    public void A_query_is_read_as_it_was_meant() => Assert.Equal(
        [new("a b", "c d"), new("e", "="), new("f", ""), new("g", ""), new("", "h"), new("+", "&")],
        SigV4.Parameters("?a+b=c%20d&e==&f=&&g&=h&%2B=%26"));

    [Fact]
    public void The_derived_key() => Assert.Equal(
        "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
        Convert.ToHexStringLower(new SigV4(Example, "us-east-1", "iam").SigningKey(At)));

    [Theory]
    [InlineData(null, "8478814985260bf0bd6d9cc875007a665e10a5a3321374e0c1d1d30daafa31b2")]
    [InlineData("TOKEN", "1b867a34473ba96952c173a7a907198d607abdf0764ab5d20e8feb7095d918dc")]
    public void A_call_of_SQS(string? token, string signature)
    {
        List<NameValue> headers =
        [
            new("Host", "sqs.us-east-1.amazonaws.com"), new("Content-Type", "application/x-amz-json-1.0"),
            new("X-Amz-Date", "20150830T123600Z"), new("X-Amz-Target", "AmazonSQS.ChangeMessageVisibilityBatch"),
        ];
        if (token is not null) headers.Add(new("X-Amz-Security-Token", token));

        AssertSignature(signature, "POST", [], headers, Visibility, "sqs");
    }

    private static void AssertSignature(
        string signature,
        string method,
        IEnumerable<NameValue> query,
        IEnumerable<NameValue> headers,
        string body,
        string service = "service",
        string path = "/")
    {
        var authorization = new SigV4(Example, "us-east-1", service).Authorization(method, path, query, headers, Encoding.UTF8.GetBytes(body), At);

        Assert.StartsWith(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request, SignedHeaders=",
            authorization,
            StringComparison.Ordinal);
        Assert.EndsWith($", Signature={signature}", authorization, StringComparison.Ordinal);
    }
}
