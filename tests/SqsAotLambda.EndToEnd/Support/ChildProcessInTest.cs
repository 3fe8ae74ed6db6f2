using SqsAotLambda.Local.Lambda;

namespace SqsAotLambda.EndToEnd;

/// <summary>What tests ask of a program. They wait for it no longer than they last.</summary>
internal static class ChildProcessInTest
{
    extension(ChildProcess process)
    {
        /// <summary>The largest resident size so far, in bytes.</summary>
        public long PeakMemory => ProcessMemory.PeakOf(process.Id);

        /// <summary>What its standard output leads to.</summary>
        public string? OutputTarget => new FileInfo($"/proc/{process.Id}/fd/1").LinkTarget;

        public string MemoryMap => File.ReadAllText($"/proc/{process.Id}/maps");

        /// <inheritdoc cref="ChildProcess.LineAsync"/>
        public Task<string> LineAsync(Func<string, bool> isAwaited) => process.LineAsync(isAwaited, TestContext.Current.CancellationToken);

        /// <inheritdoc cref="ChildProcess.ExitAsync"/>
        public Task<int> ExitAsync() => process.ExitAsync(TestContext.Current.CancellationToken);

        /// <summary>SIGSTOP; ends when no thread of the process runs any more.</summary>
        public async Task FreezeAsync()
        {
            await Freezing.FreezeAsync(process.Id, TestContext.Current.CancellationToken);
            var states = Freezing.States(process.Id);
            Assert.NotEmpty(states);
            Assert.All(states, state => Assert.Equal('T', state));
        }

        /// <summary>SIGCONT.</summary>
        public void Thaw() => Freezing.Thaw(process.Id);
    }
}
