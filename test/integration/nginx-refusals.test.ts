import { readFileSync } from 'node:fs';
import { errors } from '@roost/contract';
import { expect, test } from 'vitest';

/** What nginx answers by itself: `return <status> '<JSON>';` */
const configuration = readFileSync(new URL('../../nginx/server.conf', import.meta.url), 'utf8');
const refusals = [...configuration.matchAll(/return (\d{3}) '(\{.*\})';/g)].map(([, status, body]) => ({
  status: Number(status),
  body: JSON.parse(body ?? ''),
}));

test('nginx refuses in two places', () => expect(refusals).toHaveLength(2));

test.each(refusals)('nginx answers $body.code as the contract says it', ({ status, body }) => {
  const entry = Object.entries(errors).find(([code]) => code === body.code)?.[1];
  expect({ status, retryable: body.retryable, error: body.error }).toEqual({ ...entry });
  expect(body.success).toBe(false);
});
