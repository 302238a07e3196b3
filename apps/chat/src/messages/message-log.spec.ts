import type { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { expect, it } from 'vitest';
import { WireTap } from '../cluster/wire-tap.js';
import { systemClock } from '../kernel/clock.js';
import type { Inserted } from '../logs/sequenced-log.js';
import { MessageLog } from './message-log.js';
import type { MessageDocument } from './message.schema.js';
import type { MessagesRepository } from './messages.repository.js';

const insertMs = 20;
const stored = () => new Promise<Inserted>((resolve) => setTimeout(() => resolve({ kind: 'all' }), insertMs));
const messages = { readHead: () => Promise.resolve(0), insert: stored } as unknown as MessagesRepository;
const turn = () => new Promise((resolve) => setImmediate(resolve));
const document = () => ({}) as MessageDocument;

it('M15 refuses who would wait too long, each to come back at another time, and takes them when the queue is gone', async () => {
  const log = new MessageLog(messages, new WireTap(), systemClock, { sendWaitMaxMs: insertMs } as Settings);
  await log.append('a', document);
  await turn();
  log.requireRoom('a');
  const busy = Array.from({ length: 201 }, () => log.append('a', document));
  const refusals = Array.from({ length: 20 }, () => refusalOf(() => log.requireRoom('a')));
  for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'server/overloaded', retryable: true });
  expect(new Set(refusals.map(({ extras }) => extras.retryAfterMs)).size).toBeGreaterThan(1);
  await Promise.all(busy);
  await turn();
  log.requireRoom('a');
});

it('takes everybody where there is no limit', async () => {
  const log = new MessageLog(messages, new WireTap(), systemClock, { sendWaitMaxMs: 0 } as Settings);
  await log.append('a', document);
  await turn();
  const busy = Array.from({ length: 201 }, () => log.append('a', document));
  log.requireRoom('a');
  await Promise.all(busy);
});

function refusalOf(act: () => void): ChatError {
  try {
    act();
  } catch (error) {
    return error as ChatError;
  }
  throw new Error('was not refused');
}
