import { expect } from 'vitest';
import type { Refusal } from '@roost/contract';
import { checkRefusal } from '@roost/testing';
import type { Cluster } from '@roost/testing';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';

const test = sharedClusterTest(oneReplica);

test('A4 an unreadable document is server/internal with an id that is in the log, and nothing else', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const ada = await cluster.client('ada');
  await ada.send(chat.id, 'will be damaged');
  const messages = (await cluster.mongo.database()).collection('messages');
  await messages.updateOne({ seq: 1, text: 'will be damaged' }, { $set: { createdAt: 'yesterday' } });

  const overSocket = checkRefusal(await (await cluster.socket('ada')).ask('message:list', { chatId: chat.id }));
  const answer = await cluster.http(`GET /chats/${chat.id}/messages`, { as: 'ada' });
  const overRest = refusedCall(answer);
  for (const refusal of [overSocket, overRest]) {
    expect(refusal).toEqual({
      success: false,
      code: 'server/internal',
      error: 'Something went wrong on our side',
      retryable: true,
      correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    await expect.poll(() => faultOf(cluster, refusal)).toMatchObject({ level: 'error', err: { type: 'TypeError' } });
  }
  expect(answer.headers.get('x-request-id')).toBe(overRest.correlationId);
  expect(await ada.command('chat:leave', { chatId: chat.id })).toMatchObject({ success: true });
});

/** The line of a replica's log that tells of a fault of ours; a log may be a moment behind the answer. */
function faultOf(cluster: Cluster, { correlationId = 'none' }: Refusal): unknown {
  const lines = cluster.log(1).split('\n');
  return JSON.parse(lines.find((line) => line.includes(correlationId) && line.includes('"msg":"fault"')) ?? '{}');
}
