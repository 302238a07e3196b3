import { randomBytes } from 'node:crypto';
import { RoostClient, type Session } from '@roost/client';
import type { ReplicaPart } from '@roost/local-cluster';
import { createGroup, enterAll, newAccount } from './accounts.js';

/** A message that went from one replica to another. */
export interface Proof {
  sentThrough: string;
  arrivedAt: string;
  /** From sending to the fact on the other replica's socket. */
  tookMs: number;
}

/**
 * Sends a real message through one replica and waits for it at a socket on another. Rejects when it does not arrive within
 * 10 s. Of all that only two accounts stay, which are nobody's and belong to this data folder.
 *
 * @param file where their passwords are kept
 */
export async function proveDelivery(from: ReplicaPart, to: ReplicaPart, file: string): Promise<Proof> {
  const entered = await enterAll(from.url, file, newCheckers);
  const sessions = entered.map(([, session]) => session);
  const [sender, reader] = sessions;
  if (!sender || !reader) throw new Error(`the proof needs two accounts in ${file}`);
  const chatId = await createGroup([sender, reader], 'Roost checks itself');
  try {
    return await deliver([from, sender], [to, reader], chatId);
  } finally {
    await sender.api.call('chats.delete', { params: { chatId } });
    await Promise.all(sessions.map((session) => session.signOut()));
  }
}

type Seat = [replica: ReplicaPart, session: Session];

async function deliver([from, sender]: Seat, [to, reader]: Seat, chatId: string): Promise<Proof> {
  const sending = new RoostClient({ url: from.url, token: sender.accessToken });
  const reading = new RoostClient({ url: to.url, token: reader.accessToken });
  try {
    const [here, there] = await Promise.all([sending.connect(), reading.connect()]);
    const arrival = reading.next('message:new', (message) => message.chatId === chatId);
    const sentAt = performance.now();
    await Promise.all([arrival, sending.send(chatId, `Sent through ${here.replica}, read on ${there.replica}`)]);
    return { sentThrough: here.replica, arrivedAt: there.replica, tookMs: performance.now() - sentAt };
  } finally {
    sending.close();
    reading.close();
  }
}

/** Under names that no other data folder on the same store has. */
function newCheckers() {
  const own = randomBytes(5).toString('hex');
  return ['sends', 'reads'].map((does) => newAccount(`Roost check, ${does}`, `check-${does}-${own}`));
}
