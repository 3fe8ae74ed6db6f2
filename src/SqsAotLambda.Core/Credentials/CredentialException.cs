namespace SqsAotLambda.Credentials;

/// <summary>A secret or a token could not be had. The message never holds one.</summary>
internal sealed class CredentialException(string message, Exception? cause = null) : Exception(message, cause);
