using CsCheck;

namespace SqsAotLambda.Tests.Support;

/// <summary>
/// Claims about random inputs. Each run of the tests takes the same inputs. When one breaks the claim, CsCheck looks for smaller ones, and the
/// message has the smallest with its seed: <c>CsCheck_Seed=SEED make test TEST='*FramingTests'</c> begins with it.
/// <c>CsCheck_Iter=100000</c> takes so many other inputs instead, and <c>CsCheck_Time=60</c> others for so many seconds.
/// </summary>
internal static class Property
{
    private const ulong Seed = 20261130;

    /// <summary>In seconds.</summary>
    private const int MaxShrinking = 5;

    private static readonly bool IsVaried = Has("CsCheck_Seed") || Has("CsCheck_Iter") || Has("CsCheck_Time");

    /// <param name="print">How the message shows an input; null: as its <c>ToString</c> does.</param>
    /// <exception cref="CsCheckException">The claim does not hold.</exception>
    public static async Task HoldsAsync<T>(Gen<T> inputs, int runs, Func<T, Task> claim, Func<T, string>? print = null)
    {
        print ??= input => input?.ToString() ?? "null";
        if (IsVaried) await inputs.SampleAsync(claim, iter: Varied(runs), threads: 1, print: print);
        else if (await FindBreachAsync(inputs, runs, claim) is { } breach)
        {
            await inputs.SampleAsync(claim, seed: breach.Seed, time: MaxShrinking, threads: 1, print: print);
            throw Unstable(breach);
        }
    }

    /// <inheritdoc cref="HoldsAsync"/>
    public static void Holds<T>(Gen<T> inputs, int runs, Action<T> claim, Func<T, string>? print = null)
    {
        print ??= input => input?.ToString() ?? "null";
        if (IsVaried) inputs.Sample(claim, iter: Varied(runs), threads: 1, print: print);
        else if (FindBreach(inputs, runs, claim) is { } breach)
        {
            inputs.Sample(claim, seed: breach.Seed, time: MaxShrinking, threads: 1, print: print);
            throw Unstable(breach);
        }
    }

    /// <summary>The first input that breaks the claim; null when none does.</summary>
    public static async Task<Breach?> FindBreachAsync<T>(Gen<T> inputs, int runs, Func<T, Task> claim)
    {
        var random = new PCG(stream: 1, Seed);
        for (var run = 0; run < runs; run++)
        {
            var state = random.State;
            try
            {
                await claim(inputs.Generate(random, null, out _));
            }
            catch (Exception e)
            {
                return new(random.ToString(state), e);
            }
        }

        return null;
    }

    private static Breach? FindBreach<T>(Gen<T> inputs, int runs, Action<T> claim)
    {
        var random = new PCG(stream: 1, Seed);
        for (var run = 0; run < runs; run++)
        {
            var state = random.State;
            try
            {
                claim(inputs.Generate(random, null, out _));
            }
            catch (Exception e)
            {
                return new(random.ToString(state), e);
            }
        }

        return null;
    }

    private static InvalidOperationException Unstable(Breach breach) =>
        new($"The input of the seed {breach.Seed} broke the claim, and did not when it was tried again.", breach.Cause);

    private static bool Has(string variable) => Environment.GetEnvironmentVariable(variable) is not null;

    /// <summary>-1: as the variable says.</summary>
    private static int Varied(int runs) => Has("CsCheck_Iter") ? -1 : runs;

    public sealed record Breach(string Seed, Exception Cause);
}
