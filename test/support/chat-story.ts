import type { Message } from '@roost/contract';
import type { Cluster, TestClient } from '@roost/testing';
import { mongo } from 'mongoose';

export const oid = (id: string) => new mongo.ObjectId(id);

/** A new chat in which Ada has said the numbers from 1, one after the other. */
export async function said(cluster: Cluster, count: number) {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const ada = await cluster.client('ada');
  const replies = Array.from({ length: count }, (_, index) =>
    ada.command('message:send', { chatId, text: String(index + 1) }),
  );
  const sent = (await Promise.all(replies)).map(({ message }) => message);
  return { chatId, sent, ada };
}

/** An entry in the log of changes as a replica leaves it that dies before it applies it. */
export async function decide(
  cluster: Cluster,
  chatId: string,
  by: TestClient,
  rev: number,
  kind: string,
  body: object,
  at = new Date(),
): Promise<void> {
  const changes = (await cluster.mongo.database()).collection('changes');
  await changes.insertOne({ chatId: oid(chatId), rev, kind, at, by: oid(by.userId), body, pending: true });
}

/** Whether a change that is in the log is still to be applied. */
export async function isPending(cluster: Cluster, chatId: string, rev: number): Promise<boolean> {
  const change = await (await cluster.mongo.database()).collection('changes').findOne({ chatId: oid(chatId), rev });
  if (!change) throw new Error(`there is no change ${rev}`);
  return change['pending'] === true;
}

const idMadeAt = (at: Date) => new mongo.ObjectId(mongo.ObjectId.generate(Math.floor(at.getTime() / 1000)));

/** Stores the message after this one as a replica does that dies before it tells anybody. @param at when its id was made */
export async function storeUnsaid(cluster: Cluster, last: Message, text: string, at?: Date): Promise<void> {
  const messages = (await cluster.mongo.database()).collection('messages');
  const stored = await messages.findOne({ _id: oid(last.id) });
  if (!stored) throw new Error('the message is not in the database');
  const { clientMessageId: _, ...rest } = stored;
  await messages.insertOne({ ...rest, _id: at ? idMadeAt(at) : new mongo.ObjectId(), seq: last.seq + 1, text });
}
