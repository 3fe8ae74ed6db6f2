using SqsAotLambda.Local;

namespace SqsAotLambda.Tests.Local;

/// <summary>The vector is that of standard-webhooks/standard-webhooks (verify in libraries/go).</summary>
public sealed class WebhookVerifierTests
{
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek", Timestamp = "1614265330", Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static readonly byte[] Body = """{"test": 2432232314}"""u8.ToArray();

    private readonly FakeTimeProvider time = new(DateTimeOffset.FromUnixTimeSeconds(1614265330));

    [Theory]
    [InlineData(Signature)]
    [InlineData($"v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= {Signature}")]
    [InlineData($"v1a,anything {Signature} v1,===")]
    public void One_signature_that_fits_is_enough(string signatures) => Assert.True(Verifies(signatures));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("v1,")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1O0=")]
    [InlineData("v1,g0hM9SsE")]
    public void None_that_fits_is_a_failure(string? signatures) => Assert.False(Verifies(signatures));

    [Fact]
    public void Another_id_time_body_or_key_is_a_failure()
    {
        Assert.False(Verifies(Signature, id: "msg_2"));
        Assert.False(Verifies(Signature, id: null));
        Assert.False(Verifies(Signature, timestamp: "1614265331"));
        Assert.False(Verifies(Signature, timestamp: "soon"));
        Assert.False(Verifies(Signature, timestamp: null));
        Assert.False(new WebhookVerifier(Key, time).Verifies(Id, Timestamp, Signature, "{}"u8.ToArray()));
        Assert.False(new WebhookVerifier(new byte[24], time).Verifies(Id, Timestamp, Signature, Body));
    }

    [Theory]
    [InlineData(5 * 60, true)]
    [InlineData((5 * 60) + 1, false)]
    [InlineData(-5 * 60, true)]
    [InlineData((-5 * 60) - 1, false)]
    public void A_signature_is_good_for_five_minutes(int seconds, bool good)
    {
        time.AdjustTime(time.GetUtcNow() + TimeSpan.FromSeconds(seconds));

        Assert.Equal(good, Verifies(Signature));
    }

    private static byte[] Key => Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    private bool Verifies(string? signatures, string? id = Id, string? timestamp = Timestamp) =>
        new WebhookVerifier(Key, time).Verifies(id, timestamp, signatures, Body);
}
