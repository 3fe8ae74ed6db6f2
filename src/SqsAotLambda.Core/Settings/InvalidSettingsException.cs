namespace SqsAotLambda.Settings;

/// <summary>The settings don't allow the function to start.</summary>
internal sealed class InvalidSettingsException(IReadOnlyList<string> faults) : Exception(string.Join(' ', faults))
{
    /// <summary>One sentence each: name, value, what is allowed.</summary>
    public IReadOnlyList<string> Faults => faults;
}
