using SqsAotLambda.Aws;

namespace SqsAotLambda.Credentials;

/// <summary>Where a secret is. Its own text is that of the setting, never the secret.</summary>
/// <param name="Text">As the settings have it.</param>
/// <param name="Entry">The credential, signature or setting that names it.</param>
/// <param name="Form">What the secret must look like.</param>
internal abstract record SecretSource(string Text, string Entry, SecretForm Form)
{
    public const string Allowed = "env:NAME, secretsmanager:ARN or ssm:ARN, the ARN with #json-key or without, never the secret itself";

    public sealed override string ToString() => Text;
}

/// <summary>In an environment variable.</summary>
internal sealed record EnvironmentSecret(string Text, string Entry, SecretForm Form, string Value) : SecretSource(Text, Entry, Form);

/// <summary>In Secrets Manager or Parameter Store.</summary>
/// <param name="Key">A member of the JSON object that the secret is; null: the whole secret.</param>
internal sealed record StoredSecret(string Text, string Entry, SecretForm Form, SecretArn Arn, string? Key) : SecretSource(Text, Entry, Form);
