// The forwarder in Node.js, without packages: node:http with kept-alive connections, and the loop that a custom runtime needs.
'use strict';

const http = require('node:http');
const https = require('node:https');

const concurrency = 10;
const endpoint = new URL(process.env.FORWARD_URL);
const client = endpoint.protocol === 'https:' ? https : http;
const agent = new client.Agent({ keepAlive: true, maxSockets: concurrency });

const [host, port = '80'] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const runtime = { host, port, agent: new http.Agent({ keepAlive: true, maxSockets: 1 }) };
const root = '/2018-06-01/runtime/invocation/';

function call(library, target, options, body) {
  return new Promise((resolve, reject) => {
    const request = target instanceof URL ? library.request(target, options) : library.request({ ...target, ...options });
    request.on('error', reject);
    request.on('response', response => {
      const chunks = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
    });
    request.end(body);
  });
}

async function forward(record) {
  const body = Buffer.from(record.body);
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    'User-Agent': 'aws-sqsd',
    'X-Aws-Sqsd-Msgid': record.messageId,
    'X-Aws-Sqsd-Queue': record.eventSourceARN.split(':').pop(),
    'X-Aws-Sqsd-Receive-Count': record.attributes.ApproximateReceiveCount,
    'X-Aws-Sqsd-First-Received-At': new Date(Number(record.attributes.ApproximateFirstReceiveTimestamp)).toISOString(),
  };
  const { status } = await call(client, endpoint, { method: 'POST', agent, headers, timeout: 15_000 }, body);
  if (status < 200 || status > 299) throw new Error(`the endpoint answered ${status}`);
}

async function handler(event) {
  const batchItemFailures = [];
  const records = event.Records.values();
  async function work() {
    // The workers share one iterator.
    for (const record of records) {
      try {
        await forward(record);
      } catch (error) {
        console.error(JSON.stringify({ messageId: record.messageId, error: error.message }));
        batchItemFailures.push({ itemIdentifier: record.messageId });
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work));
  return { batchItemFailures };
}

async function main() {
  for (;;) {
    const { headers, body } = await call(http, runtime, { method: 'GET', path: root + 'next' });
    const id = headers['lambda-runtime-aws-request-id'];
    const answer = Buffer.from(JSON.stringify(await handler(JSON.parse(body))));
    const options = { method: 'POST', path: `${root}${id}/response`, headers: { 'Content-Type': 'application/json', 'Content-Length': answer.length } };
    await call(http, runtime, options, answer);
  }
}

main();
