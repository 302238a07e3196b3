import { waitUntil } from '@roost/local-cluster';
import { mongo } from 'mongoose';
import type { Cluster } from '../cluster.js';
import { truthOf } from '../session/truth.js';
import { difference, viewOf } from '../session/view.js';
import type { Device, Said } from './device.js';
import type { Walk } from './walk.js';

/** How long clients may take until all is sent and complete, once nothing is wrong any more. */
const calmMs = 90_000;
const agreedMs = 20_000;

/** Every client is live and has nothing left to send. @throws Error that says whose is not */
export async function allLive({ devices }: Walk): Promise<void> {
  const found = await waitUntil(async () => {
    const wrong = devices.flatMap((device) => notCalm(device) ?? []);
    return wrong.length === 0 || wrong.join('; ');
  }, calmMs);
  if (found !== true) throw new Error(`after ${calmMs} ms: ${found}`);
}

function notCalm({ name, client }: Device): string | undefined {
  const waiting = [...client.outbox.all, ...client.chats.flatMap(({ id }) => client.outbox.changes(id))];
  const left = waiting.filter(({ stage }) => stage !== 'failed').map(({ stage }) => stage);
  if (client.state.name === 'live' && left.length === 0) return undefined;
  return `${name} is ${client.state.name}, ${left.length} wait (${left[0]})`;
}

/** What was taken is stored once and in order, or was refused for a reason that is so. */
export async function allStored(walk: Walk): Promise<void> {
  const { cluster, chatIds, devices } = walk;
  for (const device of devices) device.noteRefusals();
  for (const chatId of chatIds) {
    await truthOf(cluster, chatId); // throws where something is there twice, or missing
    const seqs = await seqsOf(cluster, chatId);
    for (const device of devices)
      for (const one of device.said.filter((said) => said.chatId === chatId)) isSettled(walk, device, one, seqs);
    for (const device of devices) isInOrder(device, chatId, seqs);
  }
}

/** Places of all messages of a chat, tombstones included, by what their senders called them. */
async function seqsOf(cluster: Cluster, chatId: string): Promise<ReadonlyMap<string, number>> {
  const database = await cluster.mongo.database();
  const messages = database.collection<{ seq: number; clientMessageId?: string }>('messages');
  const stored = await messages.find({ chatId: new mongo.ObjectId(chatId) }).toArray();
  return new Map(stored.flatMap(({ seq, clientMessageId }) => (clientMessageId ? [[clientMessageId, seq]] : [])));
}

function isSettled({ wereOut }: Walk, { unkept }: Device, one: Said, seqs: ReadonlyMap<string, number>): void {
  const { by, chatId, clientMessageId, run, refusal } = one;
  const isThere = seqs.has(clientMessageId);
  if (refusal === undefined) {
    if (!isThere && !unkept.has(run)) throw new Error(`${by}'s ${clientMessageId} is neither stored nor refused`);
    return;
  }
  // Who is in the chat no more is told so when they send again what was stored, and its answer lost (M5).
  if (refusal === 'chat/access_denied' && wereOut.has(`${by} ${chatId}`)) return;
  throw new Error(`${by} was told ${refusal} of ${clientMessageId}${isThere ? ', which is stored' : ''}`);
}

/**
 * What a run says comes after what runs before it said, of which the disk kept everything: it waits for that. Of the others something
 * may be lost while it is still on its way.
 */
function isInOrder({ name, said, unkept }: Device, chatId: string, seqs: ReadonlyMap<string, number>): void {
  const ofChat = said.filter((one) => one.chatId === chatId);
  for (const last of new Set(ofChat.map(({ run }) => run))) {
    const some = ofChat.filter(({ run }) => run === last || (run < last && !unkept.has(run)));
    const places = some.flatMap(({ clientMessageId }) => seqs.get(clientMessageId) ?? []);
    const isRising = places.every((place, index) => index === 0 || place > places[index - 1]!);
    if (!isRising) throw new Error(`${name}'s are stored in another order than they were sent: ${places.join(' ')}`);
  }
}

/** Every client shows what one shows that comes new. */
export async function allAgreeWithNew({ cluster, devices }: Walk): Promise<void> {
  for (const device of devices) {
    const wrong = await waitUntil(async () => {
      const found = await differsFromNew(cluster, device);
      return found === undefined || found;
    }, agreedMs);
    if (wrong !== true) throw new Error(`${device.name} (${device.client.state.name}) shows something else: ${wrong}`);
  }
}

async function differsFromNew(cluster: Cluster, { name, client }: Device): Promise<string | undefined> {
  const fresh = await cluster.client(name, { nginx: true, messagesPerChat: 2_000 });
  try {
    for (const { id, stage } of client.chats.flatMap(({ id: one }) => client.outbox.changes(one)))
      if (stage === 'failed') await client.outbox.discard(id);
    for (const { clientMessageId, stage } of client.outbox.all)
      if (stage === 'failed') await client.outbox.discard(clientMessageId);
    const ids = (chats: typeof client.chats) => chats.map(({ id }) => id);
    const lists = difference(ids(client.chats), ids(fresh.sdk.chats), 'chats');
    if (lists !== undefined) return lists;
    for (const { id } of fresh.sdk.chats) {
      client.look(id);
      const found = difference(await viewOf({ sdk: client }, id), await viewOf(fresh, id), id);
      if (found !== undefined) return found;
    }
    return undefined;
  } finally {
    fresh.close();
  }
}

/** Bytes of a connection that are not about chats: the handshake over HTTP, Engine.IO and Socket.IO, and what the session is. */
const connectionBytes = 4_000;

/**
 * What came to each client is at most twice what was new to it. Counted at the link before the client, every byte of TCP's payload
 * that was passed on, those of HTTP and WebSocket included; new is what `News` counts, and so much for each connection.
 */
export function mayHaveReceived({ devices }: Walk): string[] {
  return devices.flatMap(({ name, received: { bytes, newBytes, connections } }) => {
    const may = 2 * (newBytes + connections * connectionBytes);
    return bytes <= may ? [] : `${name} got ${bytes} bytes for ${newBytes} new ones over ${connections} connections`;
  });
}
