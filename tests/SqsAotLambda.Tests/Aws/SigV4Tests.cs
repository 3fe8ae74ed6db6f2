using System.Text;
using SqsAotLambda.Aws;

namespace SqsAotLambda.Tests.Aws;

/// <summary>The vectors of the public aws-sig-v4-test-suite, and two of SQS's own protocol.</summary>
public sealed class SigV4Tests
{
    private const string Visibility = """{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/my-queue","Entries":[{"Id":"0","ReceiptHandle":"AQEB","VisibilityTimeout":30}]}""";

    private static readonly DateTimeOffset At = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);
    private static readonly AwsCredentials Example = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", SessionToken: null);
    private static readonly (string, string)[] Basic = [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")];

    [Fact]
    public void Get_vanilla() =>
        AssertSignature("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", "GET", [], Basic, "");

    [Fact]
    public void Get_vanilla_query_order_key_case() =>
        AssertSignature("b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500", "GET", [("Param2", "value2"), ("Param1", "value1")], Basic, "");

    [Fact]
    public void Post_vanilla() =>
        AssertSignature("5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b", "POST", [], Basic, "");

    [Fact]
    public void Post_x_www_form_urlencoded() => AssertSignature(
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a", "POST", [], [("Content-Type", "application/x-www-form-urlencoded"), .. Basic], "Param1=value1");

    [Fact]
    public void The_derived_key() => Assert.Equal(
        "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
        Convert.ToHexStringLower(new SigV4(Example, "us-east-1", "iam").SigningKey(At)));

    [Theory]
    [InlineData(null, "8478814985260bf0bd6d9cc875007a665e10a5a3321374e0c1d1d30daafa31b2")]
    [InlineData("TOKEN", "1b867a34473ba96952c173a7a907198d607abdf0764ab5d20e8feb7095d918dc")]
    public void A_call_of_SQS(string? token, string signature)
    {
        List<(string, string)> headers =
        [
            ("Host", "sqs.us-east-1.amazonaws.com"), ("Content-Type", "application/x-amz-json-1.0"),
            ("X-Amz-Date", "20150830T123600Z"), ("X-Amz-Target", "AmazonSQS.ChangeMessageVisibilityBatch"),
        ];
        if (token is not null) headers.Add(("X-Amz-Security-Token", token));

        AssertSignature(signature, "POST", [], headers, Visibility, "sqs");
    }

    private static void AssertSignature(
        string signature, string method, IEnumerable<(string, string)> query, IEnumerable<(string, string)> headers, string body, string service = "service")
    {
        var authorization = new SigV4(Example, "us-east-1", service).Authorization(method, "/", query, headers, Encoding.UTF8.GetBytes(body), At);

        Assert.StartsWith($"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request, SignedHeaders=", authorization, StringComparison.Ordinal);
        Assert.EndsWith($", Signature={signature}", authorization, StringComparison.Ordinal);
    }
}
