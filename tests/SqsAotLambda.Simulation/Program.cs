using SqsAotLambda.Simulation;
using SqsAotLambda.Simulation.Variants;

var seed = ulong.Parse(args[0]);
var runs = int.Parse(args[1]);
var start = TimeProvider.System.GetTimestamp();
for (var each = seed; each < seed + (ulong)runs; each++)
{
    var end = Life.Live(each, Variant.None, runs == 1 ? Console.WriteLine : null);
    if (end.Breach is { } breach) Console.WriteLine($"{each}: {breach.Invariant}: {breach.What}");
    if (runs == 1) Console.WriteLine(end.Summary);
}
Console.WriteLine($"{runs / TimeProvider.System.GetElapsedTime(start).TotalSeconds:F0} lives a second");
