namespace SqsAotLambda.Http;

/// <summary>A host has addresses, and none of them may be dialled.</summary>
internal sealed class AddressRefusedException(string host) : Exception($"Every address of {host} is refused.");
