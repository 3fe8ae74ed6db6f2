using System.Net;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Settings;

namespace SqsAotLambda.Tests.Support;

/// <summary>Deliveries to hosts whose addresses the test names.</summary>
internal static class Dialled
{
    /// <summary>Of documentation: nothing answers there.</summary>
    public static readonly IPAddress Elsewhere = IPAddress.Parse("192.0.2.1");

    public static readonly Delivery Refused = new(Outcome.EndpointFault, Fault: Fault.Address);

    public static Uri Named(StubServer server) => new($"http://name.example:{server.Port}/");

    public static FunctionSettings QuickSettings(params (string, string)[] others) =>
        Given.Settings(new("http://name.example/"), [("FORWARD_CONNECT_TIMEOUT", "500ms"), .. others]);

    public static GuardedResolver Resolving(AddressGuard? guard, params IPAddress[] addresses) => Resolving(guard, () => addresses);

    public static GuardedResolver Resolving(AddressGuard? guard, Func<IPAddress[]> addresses) =>
        new(guard, TestLoop.Here, (_, _) => new(new NameAnswer(addresses(), null)));

    /// <summary>No name is answered, up to the end of each one's time.</summary>
    public static GuardedResolver Unresolved(AddressGuard? guard) => new(guard, TestLoop.Here, async (_, until) =>
    {
        await TestLoop.Here.WaitUntilAsync(until);
        return null;
    });

    public static Function Compose(FunctionSettings settings, Func<AddressGuard, GuardedResolver> resolver) =>
        Function.Compose(settings, Given.Surroundings() with { Resolve = guard => resolver(guard).ResolveAsync });

    public static Task<Delivery> ForwardAsync(Uri url, bool allowLoopback) => ForwardAsync(url, allowLoopback, guard => new(guard, TestLoop.Here));

    public static Task<Delivery> ForwardAsync(Uri url, bool allowLoopback, Func<AddressGuard, GuardedResolver> resolver)
    {
        var settings = QuickSettings(("FORWARD_ALLOW_LOOPBACK", allowLoopback ? "true" : "false"));
        // The settings refuse some of these hosts, and are not what is tested here.
        return ForwardAsync(settings with { Routes = [settings.Routes[^1] with { Url = new(url) }] }, resolver);
    }

    /// <summary>How it ended, but for the time it took and the detail of a fault.</summary>
    public static async Task<Delivery> ForwardAsync(FunctionSettings settings, Func<AddressGuard, GuardedResolver> resolver)
    {
        using var function = Compose(settings, resolver);
        return await Given.DeliverAsync(function, Given.Message()) with { Latency = null, Endpoint = null, Why = null };
    }
}
