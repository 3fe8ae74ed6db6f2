using SqsAotLambda.Aws;
using SqsAotLambda.Credentials;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;

namespace SqsAotLambda;

/// <summary>What takes the place of parts of a function: for explain, which sends nothing, and for tests. Null: the part is the real one.</summary>
internal sealed record Substitutes
{
    public static readonly Substitutes None = new();

    public Send? Send { get; init; }

    public Ask? Ask { get; init; }

    public Bury? Bury { get; init; }

    public Identify? Identify { get; init; }

    public Postpone? Postpone { get; init; }

    public Action<IReadOnlyList<Message>>? WriteAnswer { get; init; }

    /// <summary>Calls SQS.</summary>
    public AwsCall? Sqs { get; init; }

    /// <summary>Makes every credential, and with it no secret is fetched.</summary>
    public Func<CredentialEntry, Credential>? Credential { get; init; }

    /// <summary>Makes every signature.</summary>
    public Func<SignatureEntry, Signature>? Signature { get; init; }

    public RateLimit? RateLimit { get; init; }

    public IReadOnlyList<Endpoint>? Endpoints { get; init; }
}
