using SqsAotLambda.Http;

namespace SqsAotLambda.Tests.Support;

internal static class WholeResponse
{
    /// <summary>The next response that is not an interim one, with its body, as a connection reads it.</summary>
    public static async Task<Response> ReadAsync(this ResponseReader reader) => await reader.TakeAsync(await reader.ReadHeadAsync());
}
