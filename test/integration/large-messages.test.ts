import { limits } from '@roost/contract';
import { checkRefusal } from '@roost/testing';
import type { BareSocket, Cluster } from '@roost/testing';
import { describe, expect } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';
import { metricOf } from '../support/metrics.js';

const test = clusterTest({ nginx: true });

const [frameMax, frameHardMax] = [262_144, 1_048_576];

/** Every UTF-16 unit of a text as JSON may write it. */
const escaped = (text: string) =>
  Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');

/** One code point after composition each; the last one is of four before, which is as many as there may be. */
const signs = {
  emoji: '😀',
  'decomposed Hangul': '각'.normalize('NFD'),
  'Greek with three marks': 'ᾂ'.normalize('NFD'),
};

const largest = Object.entries(signs).flatMap(([what, sign]) => {
  const text = sign.repeat(limits.textCodePoints);
  const stored = text.normalize('NFC');
  return [
    { what, json: JSON.stringify(text), stored },
    { what: `${what} in escapes`, json: `"${escaped(text)}"`, stored },
  ];
});

const draft = (chatId: string, json: string) => `{"chatId":"${chatId}","text":${json}}`;

/** Sends a command as it is written, and gives its answer. */
function askRaw(socket: BareSocket, command: string, json: string): Promise<unknown> {
  const { engine } = socket.socket.io;
  const answer = new Promise<unknown>((resolve) => {
    engine.on('packet', ({ data }: { data?: unknown }) => {
      if (String(data).startsWith('37')) resolve((JSON.parse(String(data).slice(2)) as unknown[])[0]);
    });
  });
  engine.write(`27["${command}",${json}]`);
  return answer;
}

describe.for(['websocket', 'polling', 'REST'] as const)('through nginx, %s', (door) => {
  test.for(largest)('A3 M8 the largest text there may be is taken: $what', async ({ json, stored }, { cluster }) => {
    const chat = await cluster.chat({ members: ['ada'] });
    const body = draft(chat.id, json);
    if (door === 'REST')
      expect((await cluster.http('POST /messages', { as: 'ada', body }, { nginx: true })).status).toBe(201);
    else
      expect(
        await askRaw(await cluster.socket('ada', { nginx: true }, { transports: [door] }), 'message:send', body),
      ).toMatchObject({ success: true });
    const { items } = await cluster.api('ada').call('messages.list', { params: { chatId: chat.id } });
    expect(items.map(({ text }) => text)).toEqual([stored]);
  });

  test('A3 a larger one is answered, nothing is stored, and its socket lives', async ({ cluster }) => {
    const chat = await cluster.chat({ members: ['ada'] });
    const body = draft(chat.id, JSON.stringify('x'.repeat(frameMax)));
    if (door === 'REST') {
      const { status, body: answer } = await cluster.http('POST /messages', { as: 'ada', body }, { nginx: true });
      expect([status, checkRefusal(answer).code]).toEqual([413, 'request/too_large']);
    } else {
      const socket = await cluster.socket('ada', { nginx: true }, { transports: [door] });
      expect(await askRaw(socket, 'message:send', body)).toMatchObject({ success: false, code: 'request/too_large' });
      expect(await socket.ask('message:send', { chatId: chat.id, text: 'x' })).toMatchObject({ message: { seq: 1 } });
    }
  });
});

const unanswered = [
  { packet: '2["message:send","', command: 'message:send' },
  { packet: '2["no:such\\u0020","', command: 'no:such ' },
];
test.for(unanswered)('A2 A3 one that asked for no answer is told of: $command', async (row, { cluster }) => {
  const ada = await cluster.socket('ada');
  ada.socket.io.engine.write(`${row.packet}${'x'.repeat(frameMax)}"]`);
  expect(await ada.next('exception')).toMatchObject({ command: row.command, code: 'request/too_large' });
});

test.for(['websocket', 'polling'] as const)(
  'A3 one above the second bound closes the socket that sent it, which is told why, and no other: %s',
  async (transport, { cluster }) => {
    const [ada, grace] = [await cluster.socket('ada', {}, { transports: [transport] }), await cluster.socket('grace')];
    const closedBefore = await closedTooLarge(cluster);
    ada.socket.emit('message:send', { chatId: 'a'.repeat(24), text: 'x'.repeat(frameHardMax) });
    await ada.closed;
    expect(ada.heard.at(-1)).toEqual({
      event: 'session:closing',
      args: [{ code: 'request/too_large', reconnect: false }],
    });
    expect(await closedTooLarge(cluster)).toBe(closedBefore + 1);
    expect(await grace.ask('session:probe', {})).toMatchObject({ success: true });
  },
);

test('A3 long-polling: one request may hold several commands, as large as they may be', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada'] });
  const ada = await cluster.socket('ada', { nginx: true }, { transports: ['polling'] });
  const text = '😀'.repeat(limits.textCodePoints);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => ada.ask('message:send', { chatId: chat.id, text })),
  );
  expect(answers.every((answer) => (answer as { success: boolean }).success)).toBe(true);
});

test('A3 who has not said who they are may send less', async ({ cluster }) => {
  const socket = new WebSocket(`${cluster.url().replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const ended = new Promise<number>((resolve) => {
    socket.addEventListener('close', ({ code }) => resolve(code));
  });
  const connect = () => socket.send(`40${JSON.stringify({ token: 'x'.repeat(100_000) })}`);
  socket.addEventListener('message', connect, { once: true });
  expect(await ended).toBe(1009);
});

const closedTooLarge = (cluster: Cluster) => metricOf(cluster, 'roost_sockets_closed_total{code="request/too_large"}');
