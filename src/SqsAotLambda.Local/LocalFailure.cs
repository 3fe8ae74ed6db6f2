namespace SqsAotLambda.Local;

/// <summary>What the runner cannot go on from, as one sentence for the person who started it.</summary>
internal sealed class LocalFailure(string sentence, Exception? cause = null) : Exception(sentence, cause);
