#:property PublishAot=false
#:property InvariantGlobalization=true
using System.IO.Compression;

// Packs one program so that the same bytes give the same zip: fixed name, time and mode.
//   dotnet run scripts/zip.cs -- BOOTSTRAP ZIP
const int Executable = 0b1000_000_111_101_101 << 16; // a regular file, mode 0755
var earliest = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

using var file = File.Create(args[1]);
using var zip = new ZipArchive(file, ZipArchiveMode.Create);
var entry = zip.CreateEntry("bootstrap", CompressionLevel.SmallestSize);
entry.LastWriteTime = earliest;
entry.ExternalAttributes = Executable;
using var program = File.OpenRead(args[0]);
using var packed = entry.Open();
program.CopyTo(packed);
