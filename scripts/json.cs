#:property PublishAot=false
#:property InvariantGlobalization=true
using System.Text.Json;

// Says in one sentence what keeps a file from being JSON, read as the function reads it.
//   dotnet run scripts/json.cs -- NAME FILE
try
{
    using var json = JsonDocument.Parse(File.ReadAllText(args[1]));
    return 0;
}
catch (JsonException e)
{
    Console.Error.WriteLine($"{args[0]} is not valid JSON at byte {e.BytePositionInLine} of line {e.LineNumber}.");
    return 1;
}
