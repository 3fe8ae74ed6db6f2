using SqsAotLambda.Credentials;
using SqsAotLambda.Http;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>When an endpoint's answer holds a secret of its request.</summary>
public sealed class ConcealedSecretsTests
{
    private readonly Request request = new("GET", new("https://example.com"), null);

    [Theory]
    [InlineData("no token s3cr+t/ here")]
    [InlineData("s3cr+t/")]
    [InlineData("S3CR+T/")]
    [InlineData("a=s3cr%2Bt%2f&b")]
    [InlineData("""{"token":"s3cr\u002bt/"}""")]
    [InlineData("base64: czNjcit0Lw== was sent")]
    [InlineData("base64: czNjcit0Lw")]
    [InlineData("cut inside s3cr")]
    [InlineData("cut inside s3cr+t")]
    [InlineData("cut inside a character s3cr\uFFFD")]
    public void Its_secret_is_found_however_it_is_written(string answer)
    {
        request.Conceal("another");
        request.Conceal("s3cr+t/");

        Assert.True(request.IsRevealedBy(answer));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no such tenant")]
    [InlineData("s3cr is only the beginning")]
    [InlineData("cut before it tells: s3c")]
    public void An_answer_without_it_is_passed_on(string answer)
    {
        request.Conceal("s3cr+t/");

        Assert.False(request.IsRevealedBy(answer));
    }

    [Fact]
    public void Without_a_secret_or_with_an_empty_one_every_answer_is_passed_on()
    {
        Assert.False(request.IsRevealedBy("anything"));

        request.Conceal("");

        Assert.False(request.IsRevealedBy("anything"));
    }
}
