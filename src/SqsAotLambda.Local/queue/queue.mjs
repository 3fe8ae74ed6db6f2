// Starts the SQS server on 127.0.0.1 and a free port, and prints one JSON line: {"port": …} or {"error": …}.
// It ends when its stdin closes, so it cannot outlive the runner that started it.

const oldest = 20;

process.stdin.on('end', () => process.exit(0)).resume();
// Ctrl-C in a terminal reaches the runner and this process alike; the runner decides when the queue ends.
process.on('SIGINT', () => {});

if (Number.parseInt(process.versions.node, 10) < oldest) {
  console.log(JSON.stringify({ error: `Node.js ${process.versions.node} is too old: install version ${oldest} or newer` }));
  process.exit(1);
}

// Imported only now: an old Node.js could not even read the package.
const { buildApp } = await import('fauxqs');
const app = buildApp({ logger: false });
// The function knows its queue by ARN, and makes a URL of the endpoint, account and name. fauxqs takes only the URL that it gave
// out, with a host of its own; other servers look at the path alone, and so does this one.
app.addHook('preHandler', async ({ body }) => {
  if (URL.canParse(body?.QueueUrl)) body.QueueUrl = new URL(new URL(body.QueueUrl).pathname, known).href;
});

// SQS keeps the message group of a message on a standard queue too (fair queues); fauxqs drops it there, so it is kept here, by message id.
const mostGroups = 1_000_000; // the first ones go; a message that is deleted leaves its entry
const groups = new Map();
const keep = (id, group) => {
  if (!id || !group) return;
  groups.set(id, group);
  if (groups.size > mostGroups) groups.delete(groups.keys().next().value);
};
const wanted = (body) => [...(body.AttributeNames ?? []), ...(body.MessageSystemAttributeNames ?? [])];
const actions = {
  SendMessage: (body, answer) => keep(answer.MessageId, body.MessageGroupId),
  SendMessageBatch: (body, answer) => {
    const sent = new Map(body.Entries.map((entry) => [entry.Id, entry.MessageGroupId]));
    for (const { Id, MessageId } of answer.Successful ?? []) keep(MessageId, sent.get(Id));
  },
  ReceiveMessage: (body, answer) => {
    if (!wanted(body).some((name) => name === 'All' || name === 'MessageGroupId')) return;
    for (const message of answer.Messages ?? []) {
      const group = groups.get(message.MessageId);
      if (group) message.Attributes = { ...message.Attributes, MessageGroupId: group };
    }
  },
};
app.addHook('preSerialization', async ({ body, headers }, reply, answer) => {
  const action = actions[headers['x-amz-target']?.split('.').pop()];
  if (action && reply.statusCode === 200) action(body, answer);
  return answer;
});

let known = 'http://sqs.us-east-1.localhost';
const address = await app.listen({ host: '127.0.0.1', port: 0 });
known += `:${new URL(address).port}`;
console.log(JSON.stringify({ port: Number(new URL(address).port) }));
