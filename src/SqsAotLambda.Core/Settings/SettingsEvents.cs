using SqsAotLambda.Logging;

namespace SqsAotLambda.Settings;

/// <summary>What the log tells of the settings.</summary>
internal static class SettingsEvents
{
    /// <summary>The process ends.</summary>
    public static void SettingsRefused(this JsonLog log, InvalidSettingsException exception) =>
        log.Begin(LogLevel.Fatal, "SettingsRefused")?.Texts("faults", exception.Faults).End();
}
