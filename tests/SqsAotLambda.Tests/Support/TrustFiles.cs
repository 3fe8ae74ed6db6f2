using System.Collections;
using System.Text;

namespace SqsAotLambda.Tests.Support;

/// <summary>The file <c>bundle.pem</c> and the directory <c>certs</c> as a trust store, for as long as a test runs.</summary>
internal sealed class TrustFiles : IDisposable, IEnumerable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("trust");

    public TrustFiles() => folder.CreateSubdirectory("certs");

    public string Bundle => Path.Combine(folder.FullName, "bundle.pem");

    /// <summary>Two, of which the second is not there.</summary>
    public string[] Directories => [Path.Combine(folder.FullName, "certs"), Path.Combine(folder.FullName, "none")];

    /// <summary>A home with nothing in it.</summary>
    public string Home => folder.FullName;

    public void Add(string name, params string[] text) => Add(name, Encoding.UTF8.GetBytes(string.Concat(text)));

    public void Add(string name, byte[] content) => File.WriteAllBytes(Path.Combine(folder.FullName, name), content);

    /// <param name="target">Relative to where the link is.</param>
    public void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(folder.FullName, name), target);

    public void Dispose() => folder.Delete(recursive: true);

    IEnumerator IEnumerable.GetEnumerator() => Directory.EnumerateFileSystemEntries(folder.FullName).GetEnumerator();
}
