import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collection, type Document, MongoClient, ObjectId } from 'mongodb';

/**
 * Fills a collection with messages (DOCUMENTS, by default a million) and prints what the usual operations cost: how many
 * per second, how long one takes, and the server's CPU time for it. `npm run build`, then
 * `node libs/embedded-mongo/bench/measure.ts`.
 */
const documents = Number(process.env['DOCUMENTS'] ?? 1_000_000);
const chats = Array.from({ length: Math.ceil(documents / 1000) }, () => new ObjectId());
const senders = Array.from({ length: 20 }, () => new ObjectId());

const dir = await mkdtemp(join(tmpdir(), 'embedded-mongo-bench-'));
const entry = join(import.meta.dirname, '../../../dist/libs/embedded-mongo/src/main.js');
const server = spawn(process.execPath, [entry, '--port', '0', '--dbpath', dir], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = (await once(server.stdout, 'data')) as [Buffer];
const client = await MongoClient.connect((JSON.parse(String(line)) as { uri: string }).uri, { maxPoolSize: 16 });
const messages: Collection = client.db('bench').collection('messages');

/** Consecutive numbers lie in one chat, a thousand in each. */
const message = (n: number): Document => ({
  chatId: chats[Math.floor(n / 1000) % chats.length],
  seq: (n % 1000) + 1 + 1000 * Math.floor(n / (1000 * chats.length)),
  senderId: senders[n % senders.length],
  clientMessageId: `client-message-${n}`,
  text: 'x'.repeat(100),
  createdAt: new Date(),
});

/** CPU time of the server so far, in ms; Linux counts in steps of 10 ms. */
function cpuMs(): number {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

async function measure(
  name: string,
  times: number,
  inFlight: number,
  run: (n: number) => Promise<unknown>,
): Promise<void> {
  const took: number[] = [];
  let next = 0;
  const [started, cpuBefore] = [performance.now(), cpuMs()];
  const worker = async (): Promise<void> => {
    while (next < times) {
      const n = next++;
      const before = performance.now();
      await run(n);
      took.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const perSecond = Math.round((times / (performance.now() - started)) * 1000);
  const cpuUs = Math.round(((cpuMs() - cpuBefore) * 1000) / times);
  took.sort((a, b) => a - b);
  const at = (share: number): string => took[Math.floor(times * share)]!.toFixed(2);
  console.log(
    `${name.padEnd(44)} ${inFlight} in flight: ${perSecond}/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, CPU ${cpuUs} µs`,
  );
}

await messages.createIndex({ chatId: 1, seq: 1 }, { unique: true });
await messages.createIndex(
  { chatId: 1, senderId: 1, clientMessageId: 1 },
  { unique: true, partialFilterExpression: { clientMessageId: { $exists: true } } },
);
await messages.createIndex({ chatId: 1, senderId: 1, seq: 1 });
await measure(`insert ${documents} documents, 1000 at a time`, Math.ceil(documents / 1000), 1, (n) =>
  messages.insertMany(Array.from({ length: 1000 }, (_, i) => message(n * 1000 + i))),
);

let stored = Math.ceil(documents / 1000) * 1000;
const anyChat = (): ObjectId => chats[Math.floor(Math.random() * chats.length)]!;
const anySeq = (): number => 1 + Math.floor(Math.random() * 1000);
const ids = (await messages.find().project<{ _id: ObjectId }>({ _id: 1 }).limit(1000).toArray()).map(({ _id }) => _id);
for (const inFlight of [1, 16]) {
  await measure('insertOne', 5000, inFlight, () => messages.insertOne(message(stored++)));
  await measure(
    'page of 50 by (chatId, seq), newest first',
    2000,
    inFlight,
    () =>
    messages.find({ chatId: anyChat(), seq: { $lt: anySeq() } }).sort({ seq: -1 }).limit(50).toArray(), // prettier-ignore
  );
  await measure('head: last seq of a chat', 5000, inFlight, () =>
    messages.findOne({ chatId: anyChat() }, { sort: { seq: -1 }, projection: { _id: 0, seq: 1 } }),
  );
  await measure('findOneAndUpdate by (chatId, seq)', 5000, inFlight, () =>
    messages.findOneAndUpdate({ chatId: anyChat(), seq: anySeq() }, { $inc: { n: 1 } }),
  );
}
await measure(
  '_id in 1000, sorted, first 20',
  100,
  1,
  () =>
  messages.find({ _id: { $in: ids } }).sort({ createdAt: -1 }).limit(20).toArray(), // prettier-ignore
);
await measure('a scan of everything (no index)', 1, 1, () => messages.findOne({ text: 'nobody' }));

await client.close();
const closed = once(server, 'close');
server.kill('SIGTERM');
await closed;
await rm(dir, { recursive: true });
