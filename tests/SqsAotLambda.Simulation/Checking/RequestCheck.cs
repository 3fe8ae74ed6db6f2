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
        return scenario.Proofs.GetValueOrDefault(isRouted ? kind : "default") is { } proof && !Shows(request, proof, world.Tokens)
            ? "it has no credential"
            : null;
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

    private static bool Shows(ReadRequest request, Proof proof, HashSet<string> tokens)
    {
        var authorization = Encoding.ASCII.GetString(request.Header("\nAuthorization: "u8));
        return proof.Type switch
        {
            "oauth2" => authorization.StartsWith("Bearer ", StringComparison.Ordinal) && tokens.Contains(authorization["Bearer ".Length..]),
            "basic" => authorization == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{proof.Secret}"))}",
            "header" => request.Header("\nX-Api-Key: "u8).SequenceEqual(Encoding.ASCII.GetBytes(proof.Secret)),
            _ => authorization == $"Bearer {proof.Secret}",
        };
    }
}
