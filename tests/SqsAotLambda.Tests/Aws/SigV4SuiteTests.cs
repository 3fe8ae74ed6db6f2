using SqsAotLambda.Aws;

namespace SqsAotLambda.Tests.Aws;

/// <summary>The vectors of the public aws-sig-v4-test-suite for the values of headers and queries.</summary>
public sealed class SigV4SuiteTests
{
    private const string Unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    [Fact]
    public void Get_header_value_trim() => AssertSignature(
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736", [], new("My-Header1", " value1"), new("My-Header2", " \"a   b   c\""));

    [Fact]
    public void Get_vanilla_query_order_value() => AssertSignature(
        "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694", [new("Param1", "value2"), new("Param1", "value1")]);

    [Fact]
    public void Get_vanilla_query_unreserved() => AssertSignature(
        "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197", [new(Unreserved, Unreserved)]);

    private static void AssertSignature(string signature, NameValue[] query, params NameValue[] headers)
    {
        var signer = new SigV4(new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", SessionToken: null), "us-east-1", "service");

        var authorization = signer.Authorization(
            "GET", "/", query,
            [
                new("Host", "example.amazonaws.com"),
                new("X-Amz-Date", "20150830T123600Z"),
                .. headers,
            ], [], new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero));

        Assert.EndsWith($", Signature={signature}", authorization, StringComparison.Ordinal);
    }
}
