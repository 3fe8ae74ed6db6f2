using SqsAotLambda.Sqs;

namespace SqsAotLambda.Hosting;

/// <summary>Delivers a batch and returns what was not delivered, in the batch's order.</summary>
/// <param name="requestId">Of the invocation, for the log.</param>
internal delegate Task<IReadOnlyList<Message>> DeliverBatch(string requestId, IReadOnlyList<Message> batch, CancellationToken deadline);
