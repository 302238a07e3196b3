import { waitUntil } from '@roost/local-cluster';
import { setTimeout as delay } from 'node:timers/promises';
import type { Actor } from './actor.js';
import type { Session } from './session.js';
import { truthOf } from './truth.js';
import type { Truth } from './truth.js';
import { difference, viewOf } from './view.js';
import type { ChatAsSeen } from './view.js';

/** How long unsent messages may take once nothing is wrong any more: a back-off, a handshake and the message itself. */
const sentMs = 40_000;
/** How long clients may take to have everything: more than heads and a sync. */
const agreedMs = 15_000;

/**
 * Everything that was answered is stored, once, and every client has exactly what is stored.
 *
 * @throws Error that says who lacks what
 */
export async function allAgree(session: Session): Promise<void> {
  const { cluster, chatId, actors, sends, leftOut } = session;
  await settled(session, Promise.all(sends));
  await actors.hedy.discardRefused();
  const truth = await agreedTruth(session);
  for (const sent of await Promise.all(sends)) {
    if (sent && truth.seqs.get(sent.id) !== sent.seq) throw new Error(`acknowledged and lost: ${JSON.stringify(sent)}`);
  }
  const there = new Map(truth.messages.map(({ id, seq }) => [id, seq]));
  for (const id of leftOut) if (there.has(id)) throw new Error(`history left out ${id}, which is in ${there.get(id)}`);
  for (const actor of Object.values(actors)) {
    if (truth.memberIds.includes(actor.userId)) await hasEverything(session, actor, truth);
    else await eventually(() => (actor.sdk.view(chatId) ? `${actor.name} still shows the chat` : undefined));
  }
  const pids = cluster.parts.replicas.map(({ pid, state, name }) => (state === 'ready' ? pid : `${name} is ${state}`));
  if (pids.some((pid) => typeof pid === 'string')) throw new Error(pids.join(', '));
}

/** What is decided and not applied yet is applied by whoever looks, which the people of the chat are made to do here. */
async function agreedTruth({ cluster, chatId, actors: { ada } }: Session): Promise<Truth> {
  await cluster.api(ada.name, { nginx: true }).call('chats.get', { params: { chatId } });
  return truthOf(cluster, chatId);
}

async function hasEverything({ cluster, chatId }: Session, actor: Actor, truth: Truth): Promise<void> {
  const fresh = await cluster.client(actor.name, { nginx: true });
  const expected = await viewOf(fresh, chatId);
  const wrong = differsFrom(truth, expected);
  if (wrong !== undefined) throw new Error(`who comes new as ${actor.name} does not get what is stored: ${wrong}`);
  await eventually(async () => {
    const found = difference(await viewOf(actor.client, chatId), expected);
    return found && `${actor.name} (${actor.sdk.state.name}) has not what is stored: ${found}`;
  });
  fresh.close();
}

function differsFrom({ lastSeq, rev, title, memberIds, messages }: Truth, view: ChatAsSeen | undefined) {
  if (!view) return 'no chat at all';
  const chat = view.chat as { lastSeq: number; rev: number; title?: string; members?: readonly { id: string }[] };
  const seen = {
    lastSeq: chat.lastSeq,
    rev: chat.rev,
    title: chat.title,
    memberIds: chat.members?.map(({ id }) => id),
    messages: view.messages.map(({ id, seq, text, sender }) => ({ id, seq, text, senderId: sender.id })),
  };
  return difference(seen, { lastSeq, rev, title, memberIds, messages });
}

async function eventually(probe: () => string | undefined | Promise<string | undefined>): Promise<void> {
  const answer = await waitUntil(async () => (await probe()) ?? true, agreedMs);
  if (answer !== true) throw new Error(answer);
}

async function settled({ actors }: Session, sends: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const late = delay(sentMs, undefined, { signal: over.signal }).then(() => {
    const waiting = Object.values(actors).flatMap(({ name, sdk }) =>
      sdk.outbox.all.map(({ text, stage }) => `${name} (${sdk.state.name}): ${text} (${stage})`),
    );
    throw new Error(`not sent after ${sentMs} ms: ${waiting.join(', ')}`);
  });
  try {
    await Promise.race([sends, late]);
  } finally {
    over.abort();
    await late.catch(() => undefined); // aborted, or thrown already
  }
}
