import { expect, vi } from 'vitest';
import type { ReplyOf, RequestInput } from '@roost/contract';
import { clusterTest } from '../support/cluster-test.js';
import { metricOf } from '../support/metrics.js';
import { patienceMs } from '../support/patience.js';
import { refusedCall } from '../support/refusals.js';

const test = clusterTest({ storeMaxBytes: 2_000_000 });
const text = 'x'.repeat(8_000);
const diskFullErrors = 'roost_store_errors_total{reason="disk_full"}';

test('G4 the disk of the store is full: sends are refused as store/unavailable, what was acknowledged stays, and they succeed when there is room', async ({
  cluster,
}) => {
  const database = await cluster.mongo.database();
  const ballast = database.collection<{ _id: number; text: string }>('ballast');
  await ballast.insertMany(Array.from({ length: 50 }, (_, _id) => ({ _id, text })));
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const ada = await cluster.client('ada');
  const pid = cluster.replica(1).pid;

  const acknowledged: ReplyOf<'message:send'>[] = [];
  const send = (request: RequestInput<'message:send'>): Promise<unknown> =>
    ada.command('message:send', request).then((reply) => acknowledged.push(reply));
  const numbered = (n: number) => ({ chatId: chat.id, text, clientMessageId: `number-${n}` });
  let n = 0;
  const refusals: unknown[] = [];
  /** Several at once are one write for the store; at last not even one has room. */
  for (const together of [10, 1]) {
    const before = refusals.length;
    while (refusals.length === before) {
      const sends = Array.from({ length: together }, () =>
        send(numbered(n++)).catch((error: unknown) => refusals.push(error)),
      );
      await Promise.all(sends);
    }
  }
  for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'store/unavailable', retryable: true });
  const answer = await cluster.http(`POST /messages`, {
    as: 'ada',
    body: { chatId: chat.id, text, clientMessageId: 'by-rest' },
  });
  expect([answer.status, refusedCall(answer).code]).toEqual([503, 'store/unavailable']);
  const page = await cluster.http(`GET /chats/${chat.id}/messages`, { as: 'ada' });
  expect(page.status).toBe(200);
  expect(await metricOf(cluster, diskFullErrors)).toBeGreaterThanOrEqual(refusals.length + 1);
  expect(cluster.parts.replicas[0]!.logTail(200).join('\n')).toContain('"reason":"disk_full"');

  await ballast.deleteMany({});
  await vi.waitFor(() => send(numbered(n)), { timeout: patienceMs, interval: 100 });
  const stored = await database.collection('messages').find({}).toArray();
  const seqs = new Map(stored.map(({ _id, seq }) => [String(_id), seq as number]));
  for (const { message } of acknowledged) expect(seqs.get(message.id)).toBe(message.seq);
  expect([...seqs.values()].toSorted((a, b) => a - b)).toEqual(stored.map((_, index) => index + 1));
  await vi.waitFor(async () => expect((await cluster.http('GET /health/ready')).status).toBe(200), patienceMs);
  expect(cluster.replica(1).pid).toBe(pid);
});
