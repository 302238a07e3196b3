import { ChatError } from '@roost/contract';
import type { ErrorCode, Message } from '@roost/contract';
import type { Actor } from './actor.js';
import { attempt } from './attempt.js';
import type { Session } from './session.js';

/** Something that people do. Gives what to write down of it; `undefined` where there was nothing to do. */
export type Action = (session: Session) => Promise<string | undefined> | string | undefined;

/** Who is not in the chat, or no longer, is told so. */
const visitorsMay: readonly ErrorCode[] = ['chat/access_denied'];
const strongNetwork = 0;
/** What a person takes until the next thing. */
const moment = (ms = 30) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function send(session: Session): Promise<string> {
  const { random, visitor, members, chatId, sends } = session;
  const who = random.pick([...members, ...members, visitor]);
  const text = `message ${sends.length + 1}`;
  const parent = random.next() < 0.2 ? random.pick([undefined, ...known(who, chatId)]) : undefined;
  const sending = who.client.send(chatId, text, { ...(parent && { parentId: parent.id }) });
  const sent = who === visitor ? sending.catch(unlessRefused) : sending;
  sent.catch(() => undefined); // at the end of the session all are looked at
  sends.push(sent);
  await Promise.race([sent, moment()]);
  return `${who.name} sends ${text}${parent ? `, a reply to ${parent.seq}` : ''}`;
}

async function edit(session: Session): Promise<string | undefined> {
  const who = session.random.pick([...session.members, session.visitor]);
  const own = known(who, session.chatId).filter(({ sender }) => sender.id === who.userId);
  if (own.length === 0) return undefined;
  const { id: messageId, text, seq } = session.random.pick(own);
  const expected: readonly ErrorCode[] = ['message/deleted', ...refusalsOf(session, who)];
  await attempt(session, who, ['message:edit', { messageId, text: `${text}!` }], expected);
  return `${who.name} edits ${seq}`;
}

async function remove(session: Session): Promise<string | undefined> {
  const who = session.random.pick(session.members);
  const [owner] = session.members;
  const may = known(who, session.chatId).filter(({ sender }) => who === owner || sender.id === who.userId);
  if (may.length === 0) return undefined;
  const { id: messageId, seq } = session.random.pick(may);
  await attempt(session, who, ['message:delete', { messageId }]);
  return `${who.name} deletes ${seq}`;
}

/** The same edit or deletion on all devices at once, which are on several replicas. */
async function together(session: Session): Promise<string | undefined> {
  const message = session.random.pick([undefined, ...known(session.members[0], session.chatId)]);
  if (!message) return undefined;
  const may = session.members.filter(({ userId }, index) => index === 0 || message.sender.id === userId);
  const doors = may.flatMap((who) => [who, who]);
  await Promise.all(doors.map((who) => attempt(session, who, ['message:delete', { messageId: message.id }])));
  return `${may.map(({ name }) => name).join(' and ')} delete ${message.seq} at once`;
}

/** Reads a page of history. Every message that the device holds has to be in it, under the same id, unless it is deleted. */
async function read(session: Session): Promise<string> {
  const { random, members, visitor, chatId, leftOut } = session;
  const who = random.pick([...members, visitor]);
  const held = known(who, chatId);
  const place = random.pick([undefined, ...held])?.seq;
  const bound = place === undefined ? {} : random.pick([{ before: place }, { after: place }]);
  const limit = random.pick([1, 10, 50]);
  const reply = await attempt(session, who, ['message:list', { chatId, ...bound, limit }], refusalsOf(session, who));
  const items = reply?.items ?? [];
  const byPlace = new Map(items.map((message) => [message.seq, message]));
  const [first, last] = [items[0]?.seq ?? Infinity, items.at(-1)?.seq ?? 0];
  if (items.some(({ seq }, index) => index > 0 && seq <= items[index - 1]!.seq)) throw new Error('a page out of order');
  for (const { id, seq } of held) {
    const stored = byPlace.get(seq);
    if (stored && stored.id !== id) throw new Error(`${who.name} holds ${id} in place ${seq}, history ${stored.id}`);
    if (!stored && seq > first && seq < last) leftOut.add(id);
  }
  return `${who.name} reads ${limit} ${JSON.stringify(bound)}`;
}

async function open(session: Session): Promise<string> {
  const { random, members, visitor, chatId } = session;
  const who = random.pick([...members, visitor]);
  const since = who.sdk.chats.positions([chatId])[chatId];
  const reply = await attempt(
    session,
    who,
    ['chat:join', { chatId, ...(since && { since }) }],
    refusalsOf(session, who),
  );
  if (reply?.sync) who.sdk.chats.synced(chatId, reply.sync);
  return `${who.name} opens the chat`;
}

async function leave(session: Session): Promise<string> {
  const who = session.random.pick([...session.members, session.visitor]);
  await attempt(session, who, ['chat:leave', { chatId: session.chatId }]);
  return `${who.name} closes the chat`;
}

async function rename(session: Session): Promise<string> {
  const { members, chatId, sends } = session;
  const title = `after ${sends.length}`;
  await attempt(session, members[0], ['chat:update', { chatId, title }]);
  return `${members[0].name} renames the chat to "${title}"`;
}

async function add(session: Session): Promise<string> {
  const { members, visitor, chatId } = session;
  await attempt(session, members[0], ['member:add', { chatId, userIds: [visitor.userId] }]);
  return `${members[0].name} adds ${visitor.name}`;
}

async function expel(session: Session): Promise<string> {
  const { members, visitor, chatId } = session;
  await attempt(session, members[0], ['member:remove', { chatId, userId: visitor.userId }], ['user/unknown']);
  return `${members[0].name} removes ${visitor.name}`;
}

async function quit(session: Session): Promise<string> {
  const { visitor, chatId } = session;
  await attempt(session, visitor, ['member:leave', { chatId }], [...visitorsMay, 'user/unknown']);
  return `${visitor.name} leaves for good`;
}

/** With what is unsent: it waits in the store of drafts. */
async function reconnect({ random, members, visitor }: Session): Promise<string> {
  const who = random.pick([...members, visitor]);
  if (who.sdk.outbox.all.length > 0) who.link.drop();
  else {
    who.sdk.close();
    void who.sdk.connect().catch(() => undefined); // how that ended is seen at the end of the session
  }
  await moment();
  return `${who.name} connects anew`;
}

function move({ random, members, visitor, cluster }: Session): string {
  const who = random.pick([...members, visitor]);
  const running = cluster.parts.replicas.flatMap(({ state }, index) => (state === 'ready' ? [index + 1] : []));
  who.lead(random.pick([0, ...running]));
  who.link.drop();
  return `${who.name} moves to ${who.door === 0 ? 'wherever nginx sends them' : `replica ${who.door}`}`;
}

function loseNetwork({ random, members, visitor }: Session): string {
  const who = random.pick([...members, visitor]);
  who.link.halfOpen();
  return `the connection of ${who.name} is half-open`;
}

function changeNetwork({ random, members, visitor }: Session): string {
  const who = random.pick([...members, visitor]);
  const delayMs = random.pick([strongNetwork, 20, 200]);
  who.link.slow(delayMs);
  return `everything takes ${delayMs} ms longer for ${who.name}`;
}

function tokenEnds({ random, members, visitor }: Session): string {
  const who = random.pick([...members, visitor]);
  who.shortenToken();
  who.link.drop();
  return `${who.name} connects with a token that ends in a moment`;
}

const often: readonly Action[] = [send, send, send, send, edit, edit, remove, read];
const sometimes: readonly Action[] = [
  together,
  open,
  leave,
  rename,
  add,
  add,
  expel,
  quit,
  reconnect,
  move,
  move,
  loseNetwork,
  changeNetwork,
  tokenEnds,
];

/** What people do most comes up most. */
export const peopleActions: readonly Action[] = [...often, ...often, ...often, ...sometimes];

const known = ({ sdk }: Actor, chatId: string): readonly Message[] =>
  (sdk.chats.view(chatId)?.messages ?? []).filter(({ deletedAt }) => deletedAt === undefined);

const refusalsOf = ({ visitor }: Session, who: Actor) => (who === visitor ? visitorsMay : []);

function unlessRefused(error: unknown): undefined {
  if (error instanceof ChatError && visitorsMay.includes(error.code)) return undefined;
  throw error;
}
