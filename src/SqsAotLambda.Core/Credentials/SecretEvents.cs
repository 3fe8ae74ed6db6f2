using SqsAotLambda.Logging;

namespace SqsAotLambda.Credentials;

/// <summary>What the log tells of secrets and tokens.</summary>
internal static class SecretEvents
{
    /// <summary>A secret or a token could not be fetched: the one there was is used on, or it is fetched when it is needed.</summary>
    /// <param name="auth">What it is for: names of credentials and signatures, or of a setting.</param>
    public static void SecretFailed(this JsonLog log, string auth, string why) =>
        log.Begin(LogLevel.Warn, "SecretFailed")?.Text("auth", auth).Text("errorMessage", why).End();
}
