using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.ParsedSettings;

namespace SqsAotLambda.Tests;

/// <summary>Settings of what is sent: method, headers and idempotency key.</summary>
public sealed class RequestSettingTests
{
    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public void Methods_that_are_taken(string method) => Assert.Equal(method, Parse(("FORWARD_METHOD", method)).Routes[^1].Method);

    [Theory]
    [InlineData("application/cloudevents+json")]
    [InlineData("text/plain; charset=utf-8")]
    public void Content_types_that_are_taken(string type) => Assert.Equal(type, Parse(("FORWARD_CONTENT_TYPE", type)).Requests.ContentType);

    [Theory]
    [InlineData("json")]
    [InlineData("application/")]
    [InlineData("application/json\r\nX: y")]
    [InlineData("application/json; a=\"\u00e9\"")]
    [InlineData("application/json, text/plain")]
    public void Content_types_that_are_refused(string type) => Assert.Single(Faults(("FORWARD_CONTENT_TYPE", type)));

    [Theory]
    [InlineData("none", false, false)]
    [InlineData("sqsd", true, false)]
    [InlineData("cloudevents", false, true)]
    [InlineData("sqsd,cloudevents", true, true)]
    [InlineData("cloudevents, sqsd", true, true)]
    public void Dialects_of_headers_add_up(string text, bool sqsd, bool cloudEvents) =>
        Assert.Equal(new(sqsd, cloudEvents), Parse(("FORWARD_HEADERS", text)).Requests.Headers);

    [Theory]
    [InlineData("none,sqsd")]
    [InlineData("sqsd,")]
    [InlineData(",")]
    [InlineData(" ")]
    [InlineData("sqsd cloudevents")]
    [InlineData("CloudEvents")]
    public void Any_other_list_of_dialects_is_refused(string text) => Assert.Single(Faults(("FORWARD_HEADERS", text)));

    [Theory]
    [InlineData("a b")]
    [InlineData("\"a\"")]
    [InlineData("100%25")]
    [InlineData("\u00e9")]
    [InlineData("a\r\nX: y")]
    public void A_type_of_events_that_would_have_to_be_encoded_is_refused(string type) => Assert.Single(Faults(("FORWARD_CLOUDEVENTS_TYPE", type)));

    [Theory]
    [InlineData("a\r\nX: y")]
    [InlineData("a\tb")]
    [InlineData("a\u007f")]
    [InlineData("\u2603")]
    public void A_user_agent_of_other_than_printable_ASCII_is_refused(string agent) => Assert.Single(Faults(("FORWARD_USER_AGENT", agent)));

    [Theory]
    [InlineData("X-Key")]
    [InlineData("x_key.1")]
    [InlineData("!#$%&'*+-.^_`|~09azAZ")]
    public void A_token_is_a_header_name(string name) => Assert.Equal(name, Parse(("FORWARD_IDEMPOTENCY_HEADER", name)).Requests.IdempotencyHeader);

    [Theory]
    [InlineData("Connection")]
    [InlineData("Content-Length")]
    [InlineData("Content-MD5")]
    [InlineData("Content-Type")]
    [InlineData("Expires")]
    [InlineData("X-Aws-Sqsd-Msgid")]
    [InlineData("CE-Id")]
    [InlineData("traceparent")]
    [InlineData("x-amzn-trace-id")]
    [InlineData("Expect")]
    [InlineData("Host")]
    [InlineData("Keep-Alive")]
    [InlineData("Proxy-Authenticate")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Proxy-Connection")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Upgrade")]
    [InlineData("User-Agent")]
    [InlineData("cOnNeCtIoN")]
    [InlineData("X Key")]
    [InlineData("X-Key:")]
    [InlineData("X-Key\r\n")]
    [InlineData("X-K\u00e9y")]
    [InlineData(" ")]
    public void A_header_of_HTTPs_own_or_no_token_is_refused_for_the_idempotency_key(string name) =>
        Assert.Single(Faults(("FORWARD_IDEMPOTENCY_HEADER", name)));

    [Theory]
    [InlineData("messageId", "the-id")]
    [InlineData("deduplicationId", "the-deduplication-id")]
    [InlineData("attribute:key", "the-attribute")]
    [InlineData("attribute:absent", "the-id")]
    [InlineData("body:/order/id", "42")]
    [InlineData("body:/absent", "the-id")]
    public void An_idempotency_key_comes_from_its_source_or_else_from_the_message_id(string source, string key)
    {
        var message = Given.Message("the-id", """{"order":{"id":42}}""") with
        {
            DeduplicationId = "the-deduplication-id",
            Attributes = [new("key", "String", "the-attribute")],
        };

        var settings = Parse(("FORWARD_IDEMPOTENCY_SOURCE", source));

        Assert.Equal(key, settings.Requests.IdempotencySource.KeyOf(message));
    }

    [Theory]
    [InlineData("messageid")]
    [InlineData("attribute")]
    [InlineData("attribute:")]
    [InlineData("body")]
    [InlineData("body:order")]
    [InlineData("body:/a~2b")]
    [InlineData("header:X")]
    public void Any_other_idempotency_source_is_refused(string source) => Assert.Single(Faults(("FORWARD_IDEMPOTENCY_SOURCE", source)));
}
