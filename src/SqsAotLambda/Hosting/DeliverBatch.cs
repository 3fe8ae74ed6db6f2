using SqsAotLambda.Sqs;

namespace SqsAotLambda.Hosting;

/// <summary>Delivers a batch and returns what was not delivered, in the batch's order.</summary>
/// <param name="deadline">No request starts, or goes on, after it.</param>
internal delegate Task<IReadOnlyList<Message>> DeliverBatch(Batch batch, CancellationToken deadline);
