import { describe, expect } from 'vitest';
import type { BareSocket, Cluster, TestClient } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { metricOf, socketsOf } from '../support/metrics.js';

const refusalsMax = 100;
const test = clusterTest({ settings: { REFUSALS_PER_10S_MAX: String(refusalsMax) } });

/** What Socket.IO cannot read: each is the text of one WebSocket message, or several. */
const malformed: { what: string; packets: string[] }[] = [
  { what: 'garbage', packets: ['garbage'] },
  { what: 'a packet type that does not exist', packets: ['9["message:send"]'] },
  { what: 'JSON cut short', packets: ['2["message:send",{'] },
  { what: 'an event without a name', packets: ['2[]'] },
  { what: 'a name that is an object', packets: ['2[{}]'] },
  { what: "a name of Socket.IO's own", packets: ['21["disconnecting",{}]'] },
  { what: 'attachments that never come', packets: ['51-["message:send",{"_placeholder":true,"num":0}]', '2["x"]'] },
  { what: 'more attachments than anybody needs', packets: ['5999999999-["message:send",{}]', '2["x"]'] },
  { what: 'thousands at once', packets: Array.from({ length: 5000 }, () => '2["message:send",{') },
];

describe('a socket that sends what nobody can read', () => {
  test.for(malformed)('A3 $what: it is closed, others notice nothing', async ({ packets }, { cluster }) => {
    await closesAlone(cluster, (mallory) => {
      for (const packet of packets) mallory.socket.io.engine.write(packet);
    });
  });
});

/** What Socket.IO reads as an event all the same, and what stands for its name in `exception`. */
const odd: { what: string; packet: string; command: string }[] = [
  { what: 'no payload at all', packet: '2', command: '' },
  { what: 'a number for a name', packet: '2[1]', command: '1' },
  { what: 'a number for a name and an argument', packet: '2[-1.5e300,{"text":"x"}]', command: '-1.5e+300' },
  { what: 'a name that Node gives a meaning', packet: '2["error"]', command: 'error' },
  { what: 'a name that objects have', packet: '2["__proto__",{"__proto__":null}]', command: '__proto__' },
  { what: 'a name longer than anybody reads', packet: `2["${'x'.repeat(5000)}"]`, command: 'x'.repeat(100) },
  { what: 'null for a payload', packet: '2["chat:join",null]', command: 'chat:join' },
  { what: 'lists in lists', packet: `2["chat:join",${'['.repeat(500)}${']'.repeat(500)}]`, command: 'chat:join' },
  { what: 'a placeholder without bytes', packet: '2["chat:join",{"_placeholder":true,"num":0}]', command: 'chat:join' },
];

test.for(odd)(
  'A2 A3 an event with $what is refused like any other, and the socket lives',
  async ({ packet, command }, { cluster }) => {
    const pid = cluster.replica(1).pid;
    const mallory = await cluster.socket('mallory');
    mallory.socket.io.engine.write(packet);
    expect(await mallory.next('exception')).toMatchObject({ command, retryable: false });
    expect(await mallory.ask('chat:leave', { chatId: 'a'.repeat(24) })).toMatchObject({ success: true });
    expect(cluster.replica(1).pid).toBe(pid);
  },
);

/** Packets that are no events: whoever sends them gets no answer, and nothing else either. */
const pointless = [
  '3',
  '42["some","data","that","breaks","stuff"]',
  '31[]',
  '3999["x"]',
  '6',
  '61[]',
  '4',
  '4{"message":"x"}',
  '0',
  '0{"token":7}',
  '1/other,',
];

test.for(pointless)('A3 a packet %j that nobody asked for harms nobody', async (packet, { cluster }) => {
  const pid = cluster.replica(1).pid;
  const mallory = await cluster.socket('mallory');
  mallory.socket.io.engine.write(packet);
  const ada = await cluster.socket('ada');
  expect(await ada.ask('chat:leave', { chatId: 'a'.repeat(24) })).toMatchObject({ success: true });
  expect(cluster.replica(1).pid).toBe(pid);
});

test('A1 one acknowledgement asked for twice is answered twice', async ({ cluster }) => {
  const ada = await cluster.socket('ada');
  const answers: string[] = [];
  ada.socket.io.engine.on('packet', ({ data }: { data?: unknown }) => answers.push(String(data)));
  const command = `27["chat:leave",{"chatId":"${'a'.repeat(24)}"}]`;
  for (let count = 0; count < 2; count++) ada.socket.io.engine.write(command);
  await ada.ask('chat:leave', { chatId: 'b'.repeat(24) });
  expect(answers.filter((packet) => packet.startsWith('37'))).toHaveLength(2);
});

test('A3 a frame over the second limit closes only the socket that sent it, and stores nothing', async ({
  cluster,
}) => {
  await closesAlone(cluster, (mallory, chatId) => {
    mallory.socket.emit('message:send', { chatId, text: 'a'.repeat(1_100_000) });
  });
});

test('A3 the largest text there may be fits into a frame', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada'] });
  const ada = await cluster.client('ada');
  expect((await ada.send(chat.id, '😀'.repeat(8000), { clientMessageId: 'a'.repeat(64) })).seq).toBe(1);
});

test('A3 a flood of commands that have to be refused closes the socket, with the reason', async ({ cluster }) => {
  const mallory = await closesAlone(cluster, (socket) => {
    for (let count = 0; count < 3000; count++) socket.socket.emit('message:send', { chatId: 'nowhere' });
  });
  expect(mallory.heard.at(-1)).toEqual({
    event: 'session:closing',
    args: [{ code: 'client/flooding', reconnect: false }],
  });
});

test('A3 what a flood has sent beyond what closes it is not even refused', async ({ cluster }) => {
  const before = await refusalsOf(cluster);
  await closesAlone(cluster, ({ socket }) => {
    for (let count = 0; count < 3000; count++) socket.emit('message:send', { chatId: 'nowhere' });
  });
  expect(await refusalsOf(cluster)).toBe(before + refusalsMax + 1);
});

/** Mallory does something; his socket is closed, Ada and Grace go on talking meanwhile, and nothing of his stays. */
async function closesAlone(cluster: Cluster, act: (mallory: BareSocket, chatId: string) => void): Promise<BareSocket> {
  const chat = await cluster.chat({ members: ['ada', 'grace', 'mallory'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const mallory = await cluster.socket('mallory');
  expect(await socketsOf(cluster)).toBe(3);
  act(mallory, chat.id);
  const [reason] = await Promise.all([mallory.closed, talk(ada, grace, chat.id)]);
  expect(reason).toMatch(/transport (close|error)|io server disconnect/);
  await expect.poll(() => socketsOf(cluster)).toBe(2);
  await grace.silence('message:new', ({ chatId, sender }) => chatId === chat.id && sender.displayName === 'Mallory');
  return mallory;
}

async function talk(from: TestClient, to: TestClient, chatId: string): Promise<void> {
  for (let count = 1; count <= 5; count++) {
    const { id } = await from.send(chatId, `undisturbed ${count}`);
    await to.next('message:new', (message) => message.id === id);
  }
}

const refusalsOf = (cluster: Cluster) =>
  metricOf(cluster, 'roost_refusals_total{code="request/invalid",door="command"}');
