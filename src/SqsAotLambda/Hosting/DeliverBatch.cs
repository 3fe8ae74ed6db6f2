using SqsAotLambda.Sqs;

namespace SqsAotLambda.Hosting;

/// <summary>
/// Stage 3 of the path of a message: delivers its batch, split into lanes, and returns what was not delivered, in the batch's order.
/// </summary>
internal delegate Task<IReadOnlyList<Message>> DeliverBatch(Batch batch);
