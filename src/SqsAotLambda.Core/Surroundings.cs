using SqsAotLambda.Aws;
using SqsAotLambda.Http;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;

namespace SqsAotLambda;

/// <summary>What a function finds around it.</summary>
/// <param name="Loop">On which all of it runs.</param>
internal sealed record Surroundings(JsonLog Log, Loop Loop)
{
    public Random Random { get; init; } = Random.Shared;

    public ITls Tls { get; init; } = TrustStore.None;

    /// <summary>Of the function's role; null: the environment has none.</summary>
    public AwsCredentials? Credentials { get; init; }

    /// <summary>Empty: it has none.</summary>
    public string FunctionName { get; init; } = "";

    /// <summary>Gives the addresses of what is forwarded to, and none that the guard refuses.</summary>
    public Func<AddressGuard, Resolve> Resolve { get; init; } = guard => new GuardedResolver(guard, Loop).ResolveAsync;
}
