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

/** An entry in the log of changes as a replica leaves it that dies before it applies it. @param more what else it has, as the state that it ends */
export async function decide(
  cluster: Cluster,
  chatId: string,
  by: TestClient,
  rev: number,
  kind: string,
  body: object,
  at = new Date(),
  more: object = {},
): Promise<void> {
  const changes = (await cluster.mongo.database()).collection('changes');
  await changes.insertOne({ chatId: oid(chatId), rev, kind, at, by: oid(by.userId), body, pending: true, ...more });
}

/** Whether a change that is in the log is still to be applied. */
export async function isPending(cluster: Cluster, chatId: string, rev: number): Promise<boolean> {
  const change = await (await cluster.mongo.database()).collection('changes').findOne({ chatId: oid(chatId), rev });
  if (!change) throw new Error(`there is no change ${rev}`);
  return change['pending'] === true;
}

const idMadeAt = (at: Date) => new mongo.ObjectId(mongo.ObjectId.generate(Math.floor(at.getTime() / 1000)));

type Last = Pick<Message, 'id' | 'seq'>;

/** Stores the message after this one as a replica does that dies before it tells anybody. @param at when its id was made */
export function storeUnsaid(cluster: Cluster, last: Last, text: string, at?: Date): Promise<void> {
  return store(cluster, last, [{ ...(at && { _id: idMadeAt(at) }), text }]);
}

/** So many messages after this one, which differ in nothing but their place, stored likewise. */
export function storeManyUnsaid(cluster: Cluster, last: Last, count: number): Promise<void> {
  return store(
    cluster,
    last,
    Array.from({ length: count }, () => ({})),
  );
}

async function store(cluster: Cluster, { id, seq }: Last, differences: readonly object[]): Promise<void> {
  const messages = (await cluster.mongo.database()).collection('messages');
  const stored = await messages.findOne({ _id: oid(id) });
  if (!stored) throw new Error('the message is not in the database');
  const { clientMessageId: _, ...rest } = stored;
  const after = differences.map((one, index) => ({ ...rest, _id: new mongo.ObjectId(), seq: seq + 1 + index, ...one }));
  await messages.insertMany(after);
}
