using SqsAotLambda.Credentials;
using SqsAotLambda.Http;

namespace SqsAotLambda.Commands;

/// <summary>Shows which headers a credential sets, without its secret.</summary>
internal sealed class MaskedCredential(CredentialEntry entry) : Credential
{
    public override ValueTask AuthorizeAsync(Request request, Deadline deadline)
    {
        foreach (var header in entry.Headers) request.Set(header, SecretMask.Mask);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Shows which headers a signature sets, without its secret.</summary>
internal sealed class MaskedSignature(SignatureEntry entry) : Signature
{
    public override ValueTask SignAsync(Request request, string messageId, Deadline deadline)
    {
        foreach (var header in entry.Headers) request.Set(header, SecretMask.Mask);
        return ValueTask.CompletedTask;
    }
}
