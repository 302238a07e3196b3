import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { projectRoot } from '@roost/local-cluster';
import { expect } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';

const test = clusterTest({ nginx: true });
const script = join(projectRoot(), 'docs/examples/ten-lines.mjs');

test('the README shows the ten-line client as it is run here', () => {
  const readme = readFileSync(join(projectRoot(), 'README.md'), 'utf8');
  expect(readme).toContain(readFileSync(script, 'utf8'));
});

test('the ten-line client signs in, joins, sends and hears', async ({ cluster }) => {
  const { email, password } = await cluster.person('ada');
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const grace = await cluster.client('grace');

  const example = spawn(process.execPath, [script, cluster.url({ nginx: true }), email, password], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const lines = createInterface(example.stdout)[Symbol.asyncIterator]();
    expect(await lines.next()).toMatchObject({ value: 'connected to replica-1' });
    expect(await lines.next()).toMatchObject({ value: '1 Ada: Hello from ten lines' });
    expect(await grace.next('message:new')).toMatchObject({ chatId: chat.id, text: 'Hello from ten lines' });
    await grace.send(chat.id, 'Hello back');
    expect(await lines.next()).toMatchObject({ value: '2 Grace: Hello back' });
  } finally {
    example.kill();
    await once(example, 'exit');
  }
});

test.for([
  { what: 'no argument', args: [], says: 'usage: node ten-lines.mjs ADDRESS EMAIL PASSWORD' },
  { what: 'a wrong password', args: ['wrong-password'], says: 'E-mail or password is wrong' },
])('the ten-line client says in a sentence what is wrong with $what', async ({ args, says }, { cluster }) => {
  const { email } = await cluster.person('ada');
  const whole = args.length === 0 ? [] : [cluster.url({ nginx: true }), email, ...args];
  const example = spawn(process.execPath, [script, ...whole], { stdio: ['ignore', 'inherit', 'pipe'] });
  const ended = once(example, 'exit');
  expect(await text(example.stderr)).toBe(`${says}\n`);
  expect(await ended).toEqual([1, null]);
});
