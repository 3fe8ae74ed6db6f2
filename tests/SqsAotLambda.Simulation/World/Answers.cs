using System.Globalization;
using System.Text;

namespace SqsAotLambda.Simulation.World;

/// <summary>Answers as servers write them.</summary>
internal static class Answers
{
    public static byte[] Json(int status, string json) => Whole(status, json, "Content-Type: application/json\r\n");

    /// <param name="headers">Each with its line end.</param>
    public static byte[] Whole(int status, string body, string headers = "") => Encoding.UTF8.GetBytes(
        $"HTTP/1.1 {Text(status)} Simulated\r\n{headers}Content-Length: {Text(Encoding.UTF8.GetByteCount(body))}\r\n\r\n{body}");

    public static byte[] Chunked(int status, string body, string headers = "") => Encoding.UTF8.GetBytes(
        $"HTTP/1.1 {Text(status)} Simulated\r\n{headers}Transfer-Encoding: chunked\r\n\r\n"
        + (body.Length > 0 ? $"{Encoding.UTF8.GetByteCount(body):x}\r\n{body}\r\n" : "") + "0\r\n\r\n");

    /// <summary>The body ends with the connection.</summary>
    public static byte[] UntilClosed(int status, string body, string headers = "") =>
        Encoding.UTF8.GetBytes($"HTTP/1.1 {Text(status)} Simulated\r\n{headers}\r\n{body}");

    /// <summary>Says of its body that it is longer than it is.</summary>
    public static byte[] Cut(int status, string body, string headers = "") =>
        Encoding.UTF8.GetBytes($"HTTP/1.1 {Text(status)} Simulated\r\n{headers}Content-Length: {Text(body.Length + 100)}\r\n\r\n{body}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
