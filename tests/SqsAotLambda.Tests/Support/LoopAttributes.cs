using System.Runtime.CompilerServices;
using Xunit.Sdk;
using Xunit.v3;

namespace SqsAotLambda.Tests;

/// <summary>In the place of xUnit's: the test has a thread with a loop of its own, on which the function runs, too.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(LoopFacts))]
internal sealed class FactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : Xunit.FactAttribute(file, line);

/// <inheritdoc cref="FactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(LoopTheories))]
internal sealed class TheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : Xunit.TheoryAttribute(file, line);

/// <summary>Finds tests that are to run on a loop.</summary>
internal sealed class LoopFacts : FactDiscoverer
{
    protected override IXunitTestCase CreateTestCase(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute) =>
        new LoopTestCase((XunitTestCase)base.CreateTestCase(discoveryOptions, testMethod, factAttribute));
}

/// <inheritdoc cref="LoopFacts"/>
internal sealed class LoopTheories : TheoryDiscoverer
{
    protected override async ValueTask<IReadOnlyCollection<IXunitTestCase>> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        IXunitTestMethod testMethod,
        ITheoryAttribute theoryAttribute,
        ITheoryDataRow dataRow,
        object?[] testMethodArguments)
    {
        var cases = await base.CreateTestCasesForDataRow(discoveryOptions, testMethod, theoryAttribute, dataRow, testMethodArguments);
        return [.. cases.Select(each => new LoopTestCase((XunitTestCase)each))];
    }

    protected override async ValueTask<IReadOnlyCollection<IXunitTestCase>> CreateTestCasesForTheory(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, ITheoryAttribute theoryAttribute)
    {
        var cases = await base.CreateTestCasesForTheory(discoveryOptions, testMethod, theoryAttribute);
        return [.. cases.Select(each => each is XunitDelayEnumeratedTheoryTestCase theory ? new LoopTheoryCase(theory) : each)];
    }
}

/// <summary>A test that runs on a loop.</summary>
internal sealed class LoopTestCase : XunitTestCase, ISelfExecutingXunitTestCase
{
    [Obsolete("For xUnit, which makes one anew from a text.")]
    public LoopTestCase() { }

    public LoopTestCase(XunitTestCase test)
        : base(
            test.TestMethod,
            test.TestCaseDisplayName,
            test.UniqueID,
            test.Explicit,
            test.SkipExceptions,
            test.SkipReason,
            test.SkipType,
            test.SkipUnless,
            test.SkipWhen,
            test.Traits,
            test.TestMethodArguments,
            test.SourceFilePath,
            test.SourceLineNumber,
            test.Timeout > 0 ? test.Timeout : null)
    {
    }

    public ValueTask<RunSummary> Run(
        ExplicitOption explicitOption,
        IMessageBus messageBus,
        object?[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource) =>
        Support.TestLoop.RunAsync(this, explicitOption, messageBus, constructorArguments, aggregator, cancellationTokenSource);
}

/// <summary>All rows of a theory, one after the other on one loop.</summary>
internal sealed class LoopTheoryCase : XunitDelayEnumeratedTheoryTestCase, ISelfExecutingXunitTestCase
{
    [Obsolete("For xUnit, which makes one anew from a text.")]
    public LoopTheoryCase() { }

    public LoopTheoryCase(XunitDelayEnumeratedTheoryTestCase theory)
        : base(
            theory.TestMethod,
            theory.TestCaseDisplayName,
            theory.UniqueID,
            theory.Explicit,
            theory.SkipTestWithoutData,
            theory.SkipExceptions,
            theory.SkipReason,
            theory.SkipType,
            theory.SkipUnless,
            theory.SkipWhen,
            theory.Traits,
            theory.SourceFilePath,
            theory.SourceLineNumber,
            theory.Timeout > 0 ? theory.Timeout : null)
    {
    }

    public ValueTask<RunSummary> Run(
        ExplicitOption explicitOption,
        IMessageBus messageBus,
        object?[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource) =>
        Support.TestLoop.RunAsync(this, explicitOption, messageBus, constructorArguments, aggregator, cancellationTokenSource);
}
