namespace SqsAotLambda.Requests;

/// <summary>In which headers an endpoint is told what is known of a message.</summary>
/// <param name="Sqsd">In those of the Elastic Beanstalk worker daemon.</param>
/// <param name="CloudEvents">In those that make the request a CloudEvent.</param>
internal sealed record HeaderDialects(bool Sqsd, bool CloudEvents)
{
    public const string Allowed = "none, sqsd, cloudevents or sqsd,cloudevents";

    /// <summary>Null when the text is not <see cref="Allowed"/>.</summary>
    public static HeaderDialects? TryParse(string text)
    {
        if (text == "none") return new(Sqsd: false, CloudEvents: false);

        var names = text.Split(',', StringSplitOptions.TrimEntries);
        return names.Except(["sqsd", "cloudevents"]).Any() ? null : new(names.Contains("sqsd"), names.Contains("cloudevents"));
    }
}
