import { randomUUID } from 'node:crypto';
import { RoostClient, type Session } from '@roost/client';
import type { ReplicaPart } from '@roost/local-cluster';
import { createGroup, findGroup } from './demo.js';

/** A message that went from one replica to another. */
export interface Proof {
  sentThrough: string;
  arrivedAt: string;
  seq: number;
  /** From sending to the fact on the other replica's socket. */
  tookMs: number;
}

/**
 * Sends a real message through one replica and waits for it at a socket on another, in a chat of its own (kept over
 * restarts, so that there is only one). Rejects when it does not arrive within 10 s.
 */
export async function proveDelivery(from: ReplicaPart, to: ReplicaPart, [sender, reader]: Session[]): Promise<Proof> {
  if (!sender || !reader) throw new Error('the proof needs two people');
  const title = 'Roost checks itself';
  const chat = (await findGroup(sender, title)) ?? (await createGroup([sender, reader], title));
  const sending = new RoostClient({ url: from.url, token: sender.accessToken });
  const reading = new RoostClient({ url: to.url, token: reader.accessToken });
  try {
    const [here, there] = await Promise.all([sending.connect(), reading.connect()]);
    const text = `Sent through ${here.replica}, read on ${there.replica} (${randomUUID()})`;
    const arrival = reading.next('message:new', (message) => message.text === text);
    const sentAt = performance.now();
    const [{ seq }] = await Promise.all([arrival, sending.send(chat.id, text)]);
    return { sentThrough: here.replica, arrivedAt: there.replica, seq, tookMs: performance.now() - sentAt };
  } finally {
    sending.close();
    reading.close();
  }
}
