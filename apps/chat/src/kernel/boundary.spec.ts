import { EventEmitter } from 'node:events';
import { createLogger } from '@roost/observability';
import { beforeEach, expect, test } from 'vitest';
import { guardedListener, reportFault, reportFaultsTo, runInBackground } from './boundary.js';
import { metrics } from './metrics.js';

const lines: Record<string, unknown>[] = [];
const settings = { logLevel: 'info', logPretty: false, replicaName: 'chat-1', jwtSecret: 'x'.repeat(32) } as const;
const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);

beforeEach(() => {
  lines.length = 0;
  reportFaultsTo(createLogger(settings, { write }));
});

const countOf = async (where: string) =>
  (await metrics.faultsTotal.get()).values.find(({ labels }) => labels.where === where)?.value;

const broken = () => {
  throw new Error('at once');
};

test('what work throws or rejects is logged with an id, counted, and goes nowhere else', async () => {
  runInBackground('thrown', broken);
  runInBackground('rejected', () => Promise.reject(new Error('later')));
  await Promise.resolve();
  const fault = { level: 'error', msg: 'fault', correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) };
  expect(lines).toMatchObject([
    { ...fault, where: 'thrown', err: { message: 'at once' } },
    { ...fault, where: 'rejected', err: { message: 'later' } },
  ]);
  expect([await countOf('thrown'), await countOf('rejected')]).toEqual([1, 1]);
});

test('a listener that throws does not keep the others from hearing', () => {
  const emitter = new EventEmitter();
  const heard: unknown[] = [];
  emitter.on('news', guardedListener('first', broken));
  emitter.on(
    'news',
    guardedListener('second', (what: unknown) => heard.push(what)),
  );
  emitter.emit('news', 7);
  expect(heard).toEqual([7]);
  expect(lines).toMatchObject([{ where: 'first' }]);
});

test('an error that cannot be shown is reported all the same', () => {
  const hidden = Object.defineProperty(new Error('x'), 'detail', {
    enumerable: true,
    get: () => {
      throw new Error('not to be seen');
    },
  });
  const correlationId = reportFault('hidden', hidden);
  expect(lines).toMatchObject([{ where: 'hidden', correlationId, msg: 'fault' }]);
});
