using System.Security.Cryptography;
using System.Text;
using SqsAotLambda.Simulation.World;

namespace SqsAotLambda.Simulation.Checking;

/// <summary>Whether a request is its own message's.</summary>
internal static class RequestCheck
{
    /// <summary>What is wrong with its head; null: nothing.</summary>
    /// <param name="host">That it went to.</param>
    public static string? FaultOf(Universe world, SimulatedMessage message, int host, ReadRequest request)
    {
        var (scenario, kind) = (world.Scenario, message.Kind ?? "");
        var isRouted = scenario.Kinds.TryGetValue(kind, out var routed);
        var path = isRouted ? $"/{kind}" : "/all";
        if (scenario.TenantKinds.Contains(kind)) path += $"/{message.Tenant ?? "?"}";
        var method = scenario.Methods.GetValueOrDefault(kind, "POST");
        if ((isRouted ? routed : scenario.DefaultHost) != host || !request.Is(Encoding.ASCII.GetBytes($"{method} {path} ")))
            return "it went elsewhere than its route says";
        if (!request.Header("\nIdempotency-Key: "u8).SequenceEqual(Encoding.ASCII.GetBytes(message.Key))) return $"its key is not {message.Key}";
        var proof = scenario.Proofs.GetValueOrDefault(isRouted ? kind : "default");
        return proof is null || Shows(request, proof, proof.Secret, world.Tokens) || IsOfNext(world, proof, request) ? null : "it has no credential";
    }

    /// <summary>What is wrong with its body; null: nothing.</summary>
    public static string? FaultOfBody(Universe world, SimulatedMessage message, ReadRequest request)
    {
        var (scenario, kind) = (world.Scenario, message.Kind ?? "");
        ReadOnlySpan<byte> body = scenario.Methods.GetValueOrDefault(kind) is "GET" or "DELETE" ? default : message.Body;
        if (!request.Body.AsSpan().SequenceEqual(body)) return "it has another body";
        if (scenario.SigningKey is not { } key || scenario.Kinds.ContainsKey(kind)) return null;

        var right = $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), request.Body))}";
        return request.Header("\nX-Signature: "u8).SequenceEqual(Encoding.ASCII.GetBytes(right)) ? null : "its signature is wrong";
    }

    /// <summary>It shows a secret that another one has taken the place of.</summary>
    public static bool IsOutdated(Universe world, SimulatedMessage message, ReadRequest request)
    {
        var isRouted = world.Scenario.Kinds.ContainsKey(message.Kind ?? "");
        return world.Scenario.Proofs.GetValueOrDefault(isRouted ? message.Kind! : "default") is { Next: not null } proof
            && !IsOfNext(world, proof, request);
    }

    private static bool IsOfNext(Universe world, Proof proof, ReadRequest request) =>
        proof.Next is { } next && Shows(request, proof, next, world.Tokens);

    private static bool Shows(ReadRequest request, Proof proof, string secret, HashSet<string> tokens)
    {
        var authorization = Encoding.ASCII.GetString(request.Header("\nAuthorization: "u8));
        return proof.Type switch
        {
            "oauth2" => authorization.StartsWith("Bearer ", StringComparison.Ordinal) && tokens.Contains(authorization["Bearer ".Length..]),
            "basic" => authorization == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{secret}"))}",
            "header" => request.Header("\nX-Api-Key: "u8).SequenceEqual(Encoding.ASCII.GetBytes(secret)),
            _ => authorization == $"Bearer {secret}",
        };
    }
}
