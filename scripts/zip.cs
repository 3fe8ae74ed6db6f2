#:property PublishAot=false
#:property InvariantGlobalization=true
using System.IO.Compression;

// Packs the function, and its routes if there are any, so that the same bytes give the same zip: fixed names, time and modes.
//   dotnet run scripts/zip.cs -- ZIP BOOTSTRAP [ROUTES]
const int Executable = 0b1000_000_111_101_101 << 16, Readable = 0b1000_000_110_100_100 << 16; // regular files, modes 0755 and 0644
var earliest = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

using var file = File.Create(args[0]);
using var zip = new ZipArchive(file, ZipArchiveMode.Create);
Pack(args[1], "bootstrap", Executable);
if (args.Length > 2) Pack(args[2], "routes.json", Readable);

void Pack(string path, string name, int mode)
{
    var entry = zip.CreateEntry(name, CompressionLevel.SmallestSize);
    entry.LastWriteTime = earliest;
    entry.ExternalAttributes = mode;
    using var content = File.OpenRead(path);
    using var packed = entry.Open();
    content.CopyTo(packed);
}
