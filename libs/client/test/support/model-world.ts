import { ChatError } from '@roost/contract';
import type { ChatSync, Message, Position, ReplyOf, RequestInput } from '@roost/contract';
import type { Random } from '../../../testing/src/random.js';
import type { ActReply, Draft } from '../../src/outbox/draft.js';
import { ada, grace, linus, ModelChat } from './model-chat.js';

/** What the server tells Ada. */
export interface Told {
  readonly name: string;
  readonly payload: unknown;
}

interface Place {
  readonly model: ModelChat;
  isDeleted: boolean;
  /** Ada has put it out of her list; it is there again with the next message. */
  hiddenSeq: number;
}

/** Chats as the server has them, among three people of whom Ada is the one who looks. */
export class ModelWorld {
  private readonly places: Place[] = [];
  /** Changes that were made under a name, which are made once. */
  private readonly made = new Set<string>();

  /** @param hidesUnread Ada may put a chat out of her list that she has not read: no log has that, and who misses it never hears of it */
  constructor(
    private readonly random: Random,
    private readonly hidesUnread: boolean,
  ) {}

  /** A chat that is there from now on. */
  create(): readonly Told[] {
    const id = (this.places.length + 1).toString(16).padStart(24, 'c');
    const place = { model: new ModelChat(id), isDeleted: false, hiddenSeq: -1 };
    this.places.push(place);
    return [{ name: 'chat:created', payload: place.model.chat }];
  }

  /** The ids of all chats there ever were. */
  get chatIds(): readonly string[] {
    return this.places.map(({ model }) => model.id);
  }

  /** A chat that Ada sees. */
  seen(chatId: string): ModelChat | undefined {
    const place = this.places.find(({ model }) => model.id === chatId);
    return place && isSeen(place) ? place.model : undefined;
  }

  /** Others do something, or Ada on another device. Gives what she is told of it. */
  happen(): readonly Told[] {
    const place = this.random.pick(this.places);
    return place.isDeleted ? [] : this.random.pick(acts)(place, this.random, this.hidesUnread);
  }

  /** Where the chats stand. */
  heads(): Told {
    const chats = this.places.filter(isSeen).map(({ model }) => [model.id, model.head] as const);
    return { name: 'chat:heads', payload: { chats: Object.fromEntries(chats) } };
  }

  /** @param pageMax entries of a chat in one answer */
  sync(asked: Readonly<Record<string, Position>>, includeNew: boolean, pageMax: number): ReplyOf<'sync'> {
    const answers = Object.entries(asked).map(([id, since]) => [id, answerOf(this.seen(id), since, pageMax)] as const);
    const isNew = (place: Place) => includeNew && isSeen(place) && !Object.hasOwn(asked, place.model.id);
    const fresh = this.places.filter(isNew).map(({ model }) => [model.id, { chat: model.chat }] as const);
    return { chats: Object.fromEntries<ChatSync>([...answers, ...fresh]) };
  }

  /** A page of history, tombstones included. */
  list({ chatId, before, after, around, limit = 50 }: RequestInput<'message:list'>): ReplyOf<'message:list'> {
    const chat = this.seen(chatId);
    if (!chat) throw new ChatError('chat/access_denied');
    if (around !== undefined) return chat.around(around, limit);
    if (after !== undefined) return chat.later(after, limit);
    const all = chat.messages.filter(({ seq }) => seq < (before ?? Infinity));
    return { items: all.slice(-limit), more: all.length > limit };
  }

  /** What the server does when a draft of Ada's comes, the first time and again: its answer, and what it tells her. */
  carryOut(draft: Draft): { readonly reply: ActReply; readonly told: readonly Told[] } {
    const chat = this.seen(draft.chatId);
    if (!chat) throw new ChatError('chat/access_denied');
    const isFirst = !this.made.has(draft.id);
    this.made.add(draft.id);
    return { told: isFirst ? tellOf(draft, chat) : [], reply: replyTo(draft, chat) };
  }
}

const isIn = ({ model }: Place): boolean => model.members.includes(ada);
const isSeen = (place: Place): boolean =>
  !place.isDeleted && isIn(place) && !(place.hiddenSeq >= 0 && place.model.head.seq <= place.hiddenSeq);

/** More missed entries than this, and one begins anew. */
const behindMax = 40;
const newestMax = 10;

function answerOf(chat: ModelChat | undefined, since: Position, pageMax: number): ChatSync {
  if (!chat) return { gone: true };
  const { seq, rev } = chat.head;
  const isTooFar = since.seq > seq || since.rev > rev || seq - since.seq + rev - since.rev > behindMax;
  return isTooFar ? chat.reset(newestMax) : chat.after(since, pageMax);
}

/** What Ada asks for, done. */
function tellOf({ command, request, id }: Draft, chat: ModelChat): readonly Told[] {
  switch (command) {
    case 'message:send':
      return [{ name: 'message:new', payload: chat.send(ada, request.text, { clientMessageId: id }) }];
    case 'message:edit': {
      const { seq, deletedAt, text } = byId(chat, request.messageId);
      if (deletedAt !== undefined) throw new ChatError('message/deleted');
      return text === request.text ? [] : [change(chat.edit(seq, request.text))];
    }
    case 'message:delete': {
      const { seq, deletedAt } = byId(chat, request.messageId);
      return deletedAt === undefined ? [change(chat.delete(seq))] : [];
    }
    case 'message:react': {
      const { seq, deletedAt } = byId(chat, request.messageId);
      if (deletedAt !== undefined) throw new ChatError('message/deleted');
      return [change(chat.react(seq, ada, request.emoji, request.on))];
    }
    case 'chat:update':
      return [change(request.title === undefined ? chat.set(request.settings ?? {}) : chat.rename(request.title))];
    case 'chat:mark':
    case 'member:add':
    case 'member:update':
    case 'member:remove':
    case 'member:ban':
    case 'member:unban':
    case 'member:leave':
      throw new Error(`nobody asks for ${command} here`);
  }
}

/** What is so now. */
function replyTo({ command, request, id }: Draft, chat: ModelChat): ActReply {
  if (command === 'message:send') return { message: chat.messages.find((one) => one.clientMessageId === id)! };
  if (command === 'message:edit') return { message: byId(chat, request.messageId) };
  if (command === 'message:react')
    return { reactions: byId(chat, request.messageId).reactions ?? [], rev: chat.head.rev };
  return command === 'chat:update' ? { chat: chat.chat } : {};
}

const byId = (chat: ModelChat, messageId: string): Message => chat.messages.find(({ id }) => id === messageId)!;
const change = (payload: { readonly kind: string }): Told => ({ name: payload.kind, payload });

/** Something that happens in a chat, and what Ada is told of it. */
type Act = (place: Place, random: Random, hidesUnread: boolean) => readonly Told[];

const say: Act = (place, random) => {
  const { model } = place;
  const sender = random.pick(model.members);
  const clientMessageId = `elsewhere ${model.head.seq}`;
  const message = model.send(sender, `message ${model.head.seq}`, sender === ada ? { clientMessageId } : {});
  return isIn(place) ? [{ name: 'message:new', payload: message }] : [];
};

const saySystem: Act = (place) => {
  const message = place.model.send(linus, 'joined', { type: 'system' });
  return isIn(place) ? [{ name: 'message:new', payload: message }] : [];
};

/** Of a message that is there; nothing where there is none. Those of the server stay as they are. */
const ofMessage =
  (changed: (model: ModelChat, seq: number) => { readonly kind: string }): Act =>
  (place, random) => {
    const message = place.model.messages[random.below(place.model.head.seq)];
    if (!message || message.deletedAt !== undefined || message.type === 'system') return [];
    const told = change(changed(place.model, message.seq));
    return isIn(place) ? [told] : [];
  };

const ofChat =
  (changed: (model: ModelChat) => { readonly kind: string }): Act =>
  (place) => {
    const told = change(changed(place.model));
    return isIn(place) ? [told] : [];
  };

const react: Act = (place, random, hidesUnread) => {
  const [who, emoji, on] = [random.pick(place.model.members), random.pick(['👍', '❤️']), random.chance(0.7)];
  return ofMessage((model, seq) => model.react(seq, who, emoji, on))(place, random, hidesUnread);
};

const others: Act = (place, random) => {
  const who = random.pick([grace, linus]);
  const isThere = place.model.members.includes(who);
  // Somebody has to be left to speak.
  if (isThere && place.model.members.length === 1) return [];
  const told = change(isThere ? place.model.remove(who) : place.model.add(who));
  return isIn(place) ? [told] : [];
};

/** Whoever may: the server sees to that. Somebody becomes the owner, which another one was, or anything else. */
const roles: Act = (place, random) => {
  const { model } = place;
  const [who, role] = [random.pick(model.members), random.pick(['owner', 'admin', 'member', 'guest'] as const)];
  const now = model.roleOf(who);
  if (now === role || now === 'owner') return [];
  const told = change(model.setRole(who, role));
  return isIn(place) ? [told] : [];
};

const oneself: Act = (place) => {
  const { model } = place;
  if (!isIn(place)) {
    const added = change(model.add(ada, model.head.seq));
    return [{ name: 'chat:created', payload: model.chat }, added];
  }
  return model.members.length > 1 ? [change(model.remove(ada))] : [];
};

const remove: Act = (place, random) => {
  if (!random.chance(0.2)) return [];
  const wasIn = isIn(place);
  place.isDeleted = true;
  const told = change(place.model.end());
  return wasIn ? [told] : [];
};

const hide: Act = (place, _, hidesUnread) => {
  const { model } = place;
  if (!isSeen(place) || (!hidesUnread && model.chat.readSeq < model.head.seq)) return [];
  place.hiddenSeq = model.head.seq;
  model.readTo = model.head.seq;
  return [{ name: 'chat:hidden', payload: { chatId: model.id, seq: model.head.seq } }];
};

const openAgain: Act = (place) => {
  if (!isIn(place) || isSeen(place)) return [];
  place.hiddenSeq = -1;
  return [{ name: 'chat:created', payload: place.model.chat }];
};

/** As often as each stands here. */
const acts: readonly Act[] = [
  ...Array.from({ length: 14 }, () => say),
  saySystem,
  ...Array.from({ length: 3 }, () => ofMessage((model, seq) => model.edit(seq, `edited ${model.head.rev}`))),
  ...Array.from({ length: 2 }, () => ofMessage((model, seq) => model.delete(seq))),
  ...Array.from({ length: 3 }, () => react),
  ofChat((model) => model.rename(`Title ${model.head.rev}`)),
  ofChat((model) => model.unknown()),
  ofChat((model) => model.changeBans()),
  others,
  others,
  roles,
  oneself,
  remove,
  hide,
  openAgain,
];
