using SqsAotLambda.Sqs;

namespace SqsAotLambda.Hosting;

/// <summary>Delivers a batch and returns what was not delivered, in the batch's order.</summary>
internal delegate Task<IReadOnlyList<Message>> DeliverBatch(Batch batch);
