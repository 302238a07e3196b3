import type { Cluster } from '@roost/testing';
import { expect } from 'vitest';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';

const test = sharedClusterTest(oneReplica);

/** Long-polling by hand, signed in: what to call with a packet to send it, and without to hear what is there. */
async function polling(cluster: Cluster, name: string) {
  const address = `${cluster.url()}/socket.io/?EIO=4&transport=polling`;
  const [, opened = ''] = /^0(.*)$/.exec(await (await fetch(address)).text()) ?? [];
  const { sid }: { sid: string } = JSON.parse(opened);
  const ask = (packet?: Buffer | string) =>
    fetch(`${address}&sid=${sid}`, packet === undefined ? {} : { method: 'POST', body: Buffer.from(packet) });
  await ask(`40${JSON.stringify({ token: await cluster.token(name) })}`);
  expect(await (await ask()).text()).toContain('40{"sid"');
  return ask;
}

test('M8 bytes that are not UTF-8 end a session of long-polling, as they end a WebSocket; nothing is stored', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada'] });
  const ask = await polling(cluster, 'ada');
  const send = (text: string) => `42${JSON.stringify(['message:send', { chatId: chat.id, text }])}`;
  expect((await ask(send('grüße'))).status).toBe(200);
  const refused = await ask(Buffer.from(send('grüße'), 'latin1'));
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ code: 'request/invalid', details: [{ message: 'must be UTF-8' }] });
  // Socket.IO's own words for a session that is no more.
  expect(await (await ask()).json()).toMatchObject({ message: expect.stringMatching(/^Session ID unknown: /) });

  // The first was taken before it was stored.
  const textsOfAll = async () =>
    (await cluster.api('ada').call('messages.list', { params: { chatId: chat.id } })).items.map(({ text }) => text);
  await expect.poll(textsOfAll).toEqual(['grüße']);
});

test('M8 a character that two packets on the wire share is whole', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada'] });
  const ask = await polling(cluster, 'ada');
  // Longer than a network packet, with a character of four bytes on each border there may be.
  const text = '😀'.repeat(8_000);
  expect((await ask(`42${JSON.stringify(['message:send', { chatId: chat.id, text }])}`)).status).toBe(200);
  const list = () => cluster.api('ada').call('messages.list', { params: { chatId: chat.id } });
  await expect.poll(async () => (await list()).items[0]?.text).toBe(text);
});
