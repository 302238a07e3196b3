import { expect, vi } from 'vitest';
import { ChatError } from '@roost/contract';
import type { Message } from '@roost/contract';
import { NoAnswer } from '@roost/client';
import type { Cluster, TestClient } from '@roost/testing';
import { viewOf } from '../support/chat-story.js';
import { clusterTest } from '../support/cluster-test.js';
import { historyOf } from '../support/writing.js';

const test = clusterTest({ replicas: 3, nginx: true, settings: { SENDS_PER_S: '1000', SENDS_BURST: '1000' } });
const names = ['ada', 'grace', 'linus'] as const;
/** Another seed, another session: `SESSION_SEED=7 npx vitest run --project cluster random-session`. */
const seed = Number(process.env['SESSION_SEED'] ?? 1);
const steps = Number(process.env['SESSION_STEPS'] ?? 60);

test(`S1 G1 G2 M2 a random session with kills and outages: in the end everybody has what is stored (seed ${seed})`, async ({
  cluster,
}) => {
  const session = await begin(cluster);
  const choose = chooser(seed);
  const taken: string[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      const name = choose(weighted);
      taken.push(name);
      await actions[name](session, choose);
    }
    await session.mended;
    const sent = await Promise.all(session.sends);
    const stored = await historyOf(cluster, 'ada', session.chatId);
    const storedIds = new Set(stored.map(({ id }) => id));
    const lost = sent.filter(({ id }) => !storedIds.has(id) && !session.deleted.has(id));
    expect(lost).toEqual([]);
    const chat = await cluster.api('ada').call('chats.get', { params: { chatId: session.chatId } });
    expect(chat.lastSeq).toBe(sent.length);
    await everybodyAgrees(session);
  } catch (error) {
    throw new Error(`seed ${seed}, steps: ${taken.join(', ')}`, { cause: error });
  }
});

interface Session {
  readonly cluster: Cluster;
  readonly chatId: string;
  readonly clients: readonly TestClient[];
  readonly sends: Promise<Message>[];
  /** Messages of which a deletion was tried. */
  readonly deleted: Set<string>;
  /** One fault at a time: settles when the present one is over. */
  mended: Promise<void>;
}

type Choose = <Item>(items: readonly Item[]) => Item;

const actions = {
  send: async ({ clients, chatId, sends }: Session, choose: Choose) => {
    const sending = choose(clients).send(chatId, `message ${sends.length + 1}`);
    sends.push(sending);
    await Promise.race([sending, soon()]);
  },
  edit: (session: Session, choose: Choose) => change(session, choose, 'edit'),
  delete: (session: Session, choose: Choose) => change(session, choose, 'delete'),
  rename: ({ clients: [ada], chatId, sends }: Session) =>
    tried(ada!.sdk.command('chat:update', { chatId, title: `after ${sends.length}` }, 2_000)),
  join: async ({ cluster, clients: [ada], chatId }: Session) =>
    tried(ada!.sdk.command('member:add', { chatId, userIds: await cluster.idsOf('hedy') }, 2_000)),
  leave: async ({ cluster, clients: [ada], chatId }: Session) =>
    tried(ada!.sdk.command('member:remove', { chatId, userId: (await cluster.idsOf('hedy'))[0] }, 2_000)),
  reconnect: async ({ clients }: Session, choose: Choose) => {
    const { sdk } = choose(clients.slice(1));
    if (sdk.outbox.all.length > 0) return;
    sdk.close();
    await sdk.connect();
  },
  kill: async (session: Session, choose: Choose) => {
    await session.mended;
    const number = choose([1, 2, 3]);
    await session.cluster.killReplica(number);
    session.mended = session.cluster.replica(number).start();
  },
  'Redis away': async (session: Session) => {
    await session.mended;
    await session.cluster.stopRedis();
    session.mended = soon(700).then(() => session.cluster.startRedis());
  },
} as const;

/** What people do most comes up most. */
const often = ['send', 'send', 'send', 'edit', 'edit', 'delete'] as const;
const weighted = [...often, ...often, ...often, ...(Object.keys(actions) as (keyof typeof actions)[])];

async function begin(cluster: Cluster): Promise<Session> {
  const { id: chatId } = await cluster.chat({ members: names });
  const clients = await Promise.all(names.map((name) => cluster.client(name, { nginx: true, reconnect: true })));
  return { cluster, chatId, clients, sends: [], deleted: new Set(), mended: Promise.resolve() };
}

/** Changes a message that Ada has sent, or one of anybody's that she may delete. */
async function change({ clients: [ada], chatId, deleted }: Session, choose: Choose, what: 'edit' | 'delete') {
  const known = ada!.sdk.chats.view(chatId)?.messages ?? [];
  if (known.length === 0) return;
  const { id: messageId, text } = choose(known);
  if (what === 'edit') return tried(ada!.sdk.command('message:edit', { messageId, text: `${text}!` }, 2_000));
  deleted.add(messageId);
  return tried(ada!.sdk.command('message:delete', { messageId }, 2_000));
}

/** A change that is refused, or not answered because of a fault, is part of a session: what counts is the end. */
async function tried(command: Promise<unknown>): Promise<void> {
  try {
    await command;
  } catch (error) {
    if (!(error instanceof ChatError || error instanceof NoAnswer)) throw error;
    if (error instanceof ChatError && error.code === 'server/internal') throw error;
  }
}

async function everybodyAgrees({ cluster, chatId, clients }: Session): Promise<void> {
  for (const [index, name] of names.entries()) {
    const fresh = await cluster.client(name, { replica: 1 });
    const expected = shown(await viewOf(fresh, chatId));
    await vi.waitFor(async () => expect(shown(await viewOf(clients[index]!, chatId))).toEqual(expected), {
      timeout: 10_000,
      interval: 50,
    });
  }
}

/** Facts are the same for everybody: they leave out the sender's own `clientMessageId`. */
const shown = (view: unknown): unknown =>
  JSON.parse(JSON.stringify(view, (key, value: unknown) => (key === 'clientMessageId' ? undefined : value)));

/** The same seed chooses the same things (mulberry32). */
function chooser(state: number): Choose {
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return (items) => {
    const item = items[Math.floor(next() * items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  };
}

/** What a person takes until the next thing, while an answer is awaited or a fault lasts. */
const soon = (ms = 50) => new Promise<void>((resolve) => setTimeout(resolve, ms));
