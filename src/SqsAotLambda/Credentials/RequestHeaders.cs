namespace SqsAotLambda.Credentials;

/// <summary>Puts headers on requests.</summary>
internal static class RequestHeaders
{
    /// <summary>In the place of a header of that name, should there be one.</summary>
    /// <param name="value">Printable ASCII.</param>
    public static void Set(this HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }
}
