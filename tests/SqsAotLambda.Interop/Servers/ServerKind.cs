using SqsAotLambda.Interop.Running;

namespace SqsAotLambda.Interop.Servers;

/// <summary>A kind of server: how it is found, configured, started and told to reload.</summary>
internal abstract class ServerKind
{
    /// <summary>Where servers lie, beside the folders of PATH, which often lacks some of these.</summary>
    private static readonly string[] Folders = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin"];

    public static IReadOnlyList<ServerKind> All { get; } =
        [new Nginx(), new Apache(), new Haproxy(), new Lighttpd(), new Caddy(), new Node(), new Gunicorn(), new Kestrel()];

    public abstract string Name { get; }

    /// <summary>How to get it, in a line.</summary>
    public abstract string HowToGet { get; }

    /// <summary>Whether an upstream stands behind it; otherwise it writes a line for each request that it has read: received and its key.</summary>
    public virtual bool IsProxy => true;

    /// <summary>Idle times, around the one after which it closes a connection when it is to do so after <see cref="Site.KeepAlive"/>.</summary>
    public virtual IdleTimes AroundKeepAlive => IdleTimes.Exact;

    public virtual bool CanReload => true;

    /// <summary>Whether a reload resets connections that its kernel took and it did not take yet.</summary>
    public virtual bool ResetsNewConnections => false;

    /// <summary>The program to start; null: it is not here.</summary>
    public virtual string? Program => field ??= Programs.Select(Find).FirstOrDefault(path => path is not null);

    /// <summary>Its names, of which the first that is found is taken.</summary>
    protected abstract IReadOnlyList<string> Programs { get; }

    /// <summary>Writes its configuration into the site's folder.</summary>
    /// <returns>Starts it in the foreground.</returns>
    public abstract Command Configure(Site site);

    /// <summary>Tells it to read its configuration again and to lose no request meanwhile.</summary>
    public virtual Task ReloadAsync(int process, Site site, CancellationToken stop)
    {
        Signals.Send(process, ReloadSignal);
        return Task.CompletedTask;
    }

    protected virtual int ReloadSignal => Signals.Hangup;

    private static string? Find(string name)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return path.Concat(Folders).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}

/// <summary>What a server is to serve.</summary>
/// <param name="Folder">Of its own.</param>
/// <param name="Port">Of 127.0.0.1.</param>
/// <param name="Upstream">Port of what stands behind it; 0 behind one that is no proxy.</param>
/// <param name="Certificates">Null for http.</param>
/// <param name="KeepAlive">How long it keeps an idle connection, in seconds.</param>
/// <param name="Latency">How long it takes for a request, where it is no proxy.</param>
internal sealed record Site(string Folder, int Port, int Upstream, Certificates? Certificates, int KeepAlive, TimeSpan Latency)
{
    /// <summary>Lines of a configuration that are there over https alone.</summary>
    public string IfTls(string lines) => Certificates is null ? "" : lines;

    /// <summary>Writes a file into the folder.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text)
    {
        var file = Path.Combine(Folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}

/// <summary>A program, its arguments and its variables.</summary>
internal sealed record Command(string Program, IReadOnlyList<string> Arguments, params (string Name, string Value)[] Environment);

/// <summary>How long a connection is idle from one message to the next: each time from the first to the last.</summary>
/// <param name="From">In milliseconds, as the others.</param>
internal sealed record IdleTimes(int From, int To, int Step)
{
    /// <summary>Around 2 s.</summary>
    public static readonly IdleTimes Exact = new(1800, 2200, 10);

    /// <summary>Of a server that looks at its idle connections once a second.</summary>
    public static readonly IdleTimes EachSecond = new(1800, 3200, 50);

    public IEnumerable<TimeSpan> All => Enumerable.Range(0, ((To - From) / Step) + 1).Select(step => TimeSpan.FromMilliseconds(From + (step * Step)));
}
