namespace SqsAotLambda.Requests;

/// <summary>
/// Which paths of URLs may be made of messages: those that stay where they seem to be, also for servers that decode a path before they look
/// for its steps, decode it again behind the first, take a backslash for a slash, or cut the parameters of a step off.
/// </summary>
internal static class PathRule
{
    /// <summary>Of a path, on its way through servers.</summary>
    private const int MaxDecodings = 4;

    /// <summary>What a path does that may not be; null: nothing.</summary>
    /// <param name="path">As it is sent: percent-encoded.</param>
    public static string? FaultOf(string path)
    {
        // Once . or .. is a step it remains one, however often the rest is decoded; so does a control character.
        for (var times = 0; times < MaxDecodings && path.Contains('%'); times++) path = Uri.UnescapeDataString(path);
        return Climbs(path) ? "climbs" : path.Any(char.IsControl) ? "has a control character" : null;
    }

    private static bool Climbs(ReadOnlySpan<char> path)
    {
        foreach (var range in path.SplitAny('/', '\\'))
        {
            var step = path[range];
            if (step.IndexOfAny(";?#") is >= 0 and var end) step = step[..end];
            if (step is "." or "..") return true;
        }

        return false;
    }
}
