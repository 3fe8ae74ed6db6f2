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
let known = 'http://sqs.us-east-1.localhost';
const address = await app.listen({ host: '127.0.0.1', port: 0 });
known += `:${new URL(address).port}`;
console.log(JSON.stringify({ port: Number(new URL(address).port) }));
