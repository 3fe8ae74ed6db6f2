namespace SqsAotLambda.Simulation.World;

/// <summary>What shows who calls.</summary>
/// <param name="Type">As in <c>FORWARD_AUTH</c>.</param>
/// <param name="Arn">Where the secret is stored; null: in a variable.</param>
internal sealed record Proof(string Type, string Secret, string? Arn)
{
    /// <summary>The secret that has taken the place of the first; null: none has.</summary>
    public string? Next { get; set; }
}
