using SqsAotLambda.Http;

namespace SqsAotLambda.Credentials;

/// <summary>Shows an endpoint that a message is ours and whole. A route names it as its <c>sign</c>.</summary>
internal abstract class Signature
{
    /// <summary>Adds the signature to a request; each attempt has its own.</summary>
    /// <param name="messageId">The same at each attempt.</param>
    /// <exception cref="CredentialException">There is no secret to sign with now.</exception>
    /// <exception cref="OutOfTimeException">The deadline passed first.</exception>
    public abstract ValueTask SignAsync(Request request, string messageId, Deadline deadline);
}
