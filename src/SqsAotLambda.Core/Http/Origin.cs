namespace SqsAotLambda.Http;

/// <summary>What connections lead to.</summary>
internal readonly record struct Origin(bool Tls, string Host, int Port)
{
    public static Origin Of(Uri url) => new(url.Scheme == "https", url.IdnHost, url.Port);
}
