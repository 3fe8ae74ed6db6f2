using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.InteropServices;

namespace SqsAotLambda.Io;

/// <summary>Asks the C library for the addresses of names. It blocks, so each name has a thread of its own.</summary>
[SuppressMessage("ApiDesign", "RS0030", Justification = "The C library's look-up blocks, so it has threads of its own.")]
internal sealed unsafe class NameThreads(Mailbox answers)
{
    /// <summary>In bytes. What the C library needs for files and DNS is below 100 KB.</summary>
    private const int Stack = 256 * 1024;

    public void Begin(string name, Action<NameAnswer> done)
    {
        try
        {
            new Thread(Answer, Stack) { IsBackground = true, Name = "name look-up" }.Start();
        }
        // What .NET throws where the process may have no more threads.
        catch (OutOfMemoryException)
        {
            answers.Post(() => done(new([], "There is no thread left to look it up")));
        }

        void Answer()
        {
            var answer = Ask(name);
            answers.Post(() => done(answer));
        }
    }

    private static NameAnswer Ask(string name)
    {
        var hints = new Libc.AddressInfo { Type = Libc.Stream };
        var code = Libc.LookUp(name, null, hints, out var list);
        if (code != 0) return new([], Marshal.PtrToStringUTF8((nint)Libc.LookUpError(code)) ?? "");

        var addresses = new List<IPAddress>();
        for (var item = list; item is not null; item = item->Next)
        {
            if (AddressOf(item) is { } address) addresses.Add(address);
        }

        Libc.Free(list);
        return addresses.Count > 0 ? new([.. addresses], null) : new([], "No address of IPv4 or IPv6");
    }

    /// <summary>Of a <c>sockaddr_in</c> or <c>sockaddr_in6</c>; null for another family.</summary>
    private static IPAddress? AddressOf(Libc.AddressInfo* item) => item->Family switch
    {
        Libc.Inet => new(new ReadOnlySpan<byte>(item->Address + 4, 4)),
        Libc.Inet6 => new(new ReadOnlySpan<byte>(item->Address + 8, 16), *(uint*)(item->Address + 24)),
        _ => null,
    };
}
