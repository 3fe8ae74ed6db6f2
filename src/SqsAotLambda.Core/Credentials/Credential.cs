using SqsAotLambda.Http;

namespace SqsAotLambda.Credentials;

/// <summary>Shows an endpoint who calls. A route names it as its <c>auth</c>.</summary>
internal abstract class Credential
{
    /// <summary>Adds to a request what the endpoint asks for.</summary>
    /// <exception cref="CredentialException">There is nothing to add now.</exception>
    /// <exception cref="OutOfTimeException">The deadline passed first.</exception>
    public abstract ValueTask AuthorizeAsync(Request request, Deadline deadline);

    /// <summary>The endpoint answered 401 or 407: what was kept of the credential is fetched anew, once.</summary>
    public virtual void Refused() { }
}
