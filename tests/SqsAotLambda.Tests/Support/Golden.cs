namespace SqsAotLambda.Tests.Support;

/// <summary>Events and responses exactly as they are on the wire.</summary>
internal static class Golden
{
    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", name));
}
