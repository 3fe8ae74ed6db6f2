namespace SqsAotLambda.Simulation.World;

/// <summary>Credentials, signatures and where their secrets are.</summary>
internal sealed partial class Scenario
{
    private readonly Dictionary<string, object> auth = [];

    /// <summary>The credentials of kinds, and of all others under the name <c>default</c>.</summary>
    public Dictionary<string, Proof> Proofs { get; } = [];

    /// <summary>With which requests to <c>FORWARD_URL</c> are signed; null: they are not.</summary>
    public string? SigningKey { get; private set; }

    public List<string> Secrets { get; } = [];

    /// <summary>The key for dead letters of the function's own; null: there is none.</summary>
    public string? RedriveKey { get; private set; }

    /// <summary>Texts that Secrets Manager and Parameter Store hold, by ARN.</summary>
    public Dictionary<string, string> Stored { get; } = [];

    private void AddSignature()
    {
        auth["default-sign"] = new { type = "hmac-sha256", header = "X-Signature", prefix = "sha256=", secret = AddSecret("sign") };
        SigningKey = Secrets[^1];
    }

    private string AddAuth(string name, string kind)
    {
        var type = chance.Of("oauth2", "header", "basic", "bearer");
        var where = AddSecret(name);
        auth[name] = type switch
        {
            "oauth2" => new { type, tokenUrl = $"{UrlOf("token.test")}/oauth", clientId = "client", clientSecret = where },
            "header" => new { type, name = "X-Api-Key", value = where },
            "basic" => (object)new { type, username = "user", password = where },
            _ => new { type, token = where },
        };
        Proofs[kind] = new(type, Secrets[^1], where.Contains("arn:", StringComparison.Ordinal) ? where[(where.IndexOf(':') + 1)..] : null);
        return name;
    }

    private void AddRedriveKey()
    {
        Set("FORWARD_REDRIVE_KEY", AddSecret("redrive"));
        RedriveKey = Secrets[^1];
    }

    /// <returns>Where it is.</returns>
    private string AddSecret(string name)
    {
        var value = $"secret-of-{name}-{chance.Below(int.MaxValue)}-0123456789abcdef";
        Secrets.Add(value);
        var where = chance.Below(3);
        if (where == 0)
        {
            Set($"SECRET_{name}", value);
            return $"env:SECRET_{name}";
        }

        var service = where == 1 ? "secretsmanager" : "ssm";
        var arn = $"arn:aws:{service}:us-east-1:123456789012:{(where == 1 ? "secret:" : "parameter/")}{name}";
        Stored[arn] = value;
        return $"{service}:{arn}";
    }
}
