using System.Text.Json;

namespace SqsAotLambda.Simulation.World;

/// <summary>Secrets Manager, Parameter Store and a token endpoint.</summary>
internal sealed class SecretServer(Universe world, Chance chance)
{
    /// <summary>Of each so many calls one fails; 0: none does.</summary>
    private readonly int whims = chance.Of(0, 0, 0, 8, 3);

    public void Serve(SimulatedPeer peer)
    {
        HttpPeer? http = null;
        http = new(peer) { OnWhole = request => Answer(http!.Peer, request) };
    }

    private void Answer(SimulatedPeer peer, ReadRequest request)
    {
        var whim = whims > 0 && chance.OneIn(whims) ? chance.Below(6) : -1;
        var answer = whim switch
        {
            1 => null,
            4 => Answers.Json(500, "{}"),
            5 => Answers.Json(200, "[null"),
            _ => request.Is("POST /oauth "u8) ? Token() : Secret(request),
        };
        world.Network.After(whim == 0 ? chance.Below(7000) : chance.Below(20), () =>
        {
            if (whim == 2) peer.Reset();
            else if (whim == 3) peer.Leave();
            else if (answer is not null) peer.Send(answer);
        });
    }

    private byte[] Token()
    {
        var token = $"token-{world.Tokens.Count}-{chance.Below(int.MaxValue)}-0123456789abcdef";
        world.Tokens.Add(token);
        world.AddSecret(token);
        return Answers.Json(200, $$"""{"token_type":"Bearer","access_token":"{{token}}","expires_in":{{chance.Of(20, 300, 3600)}}}""");
    }

    private byte[] Secret(ReadRequest request)
    {
        using var json = JsonDocument.Parse(request.Body);
        var isParameter = json.RootElement.TryGetProperty("Name", out var name);
        var arn = (isParameter ? name : json.RootElement.GetProperty("SecretId")).GetString()!;
        var value = world.Scenario.Stored[arn];
        return Answers.Json(
            200, isParameter ? $$$"""{"Parameter":{"Type":"SecureString","Value":"{{{value}}}"}}""" : $$"""{"SecretString":"{{value}}"}""");
    }
}
