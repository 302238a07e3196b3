import { ChatError } from '@roost/contract';
import type { ErrorCode } from '@roost/contract';
import { attempt, refusalsOf, visitorsMay } from '../attempt.js';
import { everybody, memberNames } from '../cast.js';
import { at, known, moment, nothing } from '../step.js';
import type { MakeStep } from '../step.js';

export const send: MakeStep = (random) => {
  const name = random.pick([...memberNames, ...everybody]);
  const isReply = random.chance(0.2);
  const share = random.next();
  return {
    what: `${name} sends ${isReply ? 'a reply' : 'a message'}`,
    async take({ actors, chatId, sends }) {
      const who = actors[name];
      const text = `message ${sends.length + 1}`;
      const parent = isReply ? at(share, known(who, chatId)) : undefined;
      const sending = who.client.send(chatId, text, { ...(parent && { parentId: parent.id }) });
      const sent = name === 'hedy' ? sending.catch(unlessRefused) : sending;
      sent.catch(() => undefined); // at the end of the session all are looked at
      sends.push(sent);
      await Promise.race([sent, moment()]);
      return parent ? `${text}, to ${parent.seq}` : text;
    },
  };
};

export const edit: MakeStep = (random) => {
  const name = random.pick(everybody);
  const share = random.next();
  return {
    what: `${name} edits a message`,
    async take(session) {
      const who = session.actors[name];
      const own = known(who, session.chatId).filter(({ sender }) => sender.id === who.userId);
      const message = at(share, own);
      if (!message) return nothing;
      const expected: readonly ErrorCode[] = ['message/deleted', ...refusalsOf(name)];
      const request = { messageId: message.id, text: `${message.text}!` };
      await attempt(session, who, ['message:edit', request], expected);
      return message.seq;
    },
  };
};

export const react: MakeStep = (random) => {
  const name = random.pick(everybody);
  const share = random.next();
  const emoji = random.pick(['👍', '❤️', '🎉']);
  const on = random.chance(0.7);
  return {
    what: `${name} ${on ? 'reacts' : 'takes back'} ${emoji}`,
    async take(session) {
      const who = session.actors[name];
      const message = at(share, known(who, session.chatId));
      if (!message) return nothing;
      const expected: readonly ErrorCode[] = ['message/deleted', ...refusalsOf(name)];
      await attempt(session, who, ['message:react', { messageId: message.id, emoji, on }], expected);
      return message.seq;
    },
  };
};

export const remove: MakeStep = (random) => {
  const name = random.pick(memberNames);
  const share = random.next();
  return {
    what: `${name} deletes a message`,
    async take(session) {
      const who = session.actors[name];
      const may = known(who, session.chatId).filter(({ sender }) => name === 'ada' || sender.id === who.userId);
      const message = at(share, may);
      if (!message) return nothing;
      await attempt(session, who, ['message:delete', { messageId: message.id }]);
      return message.seq;
    },
  };
};

/** The same deletion on all devices at once, which are on several replicas. */
export const together: MakeStep = (random) => {
  const share = random.next();
  return {
    what: 'all who may delete a message, at once',
    async take(session) {
      const message = at(share, known(session.actors.ada, session.chatId));
      if (!message) return nothing;
      const may = session.members.filter(({ name, userId }) => name === 'ada' || message.sender.id === userId);
      const doors = may.flatMap((who) => [who, who]);
      await Promise.all(doors.map((who) => attempt(session, who, ['message:delete', { messageId: message.id }])));
      return `${message.seq}, ${may.map(({ name }) => name).join(' and ')}`;
    },
  };
};

/** Reads a page of history. Every message that the device holds has to be in it, under the same id, unless it is deleted. */
export const read: MakeStep = (random) => {
  const name = random.pick(everybody);
  const share = random.next();
  const bound = random.pick([undefined, 'before', 'after'] as const);
  const limit = random.pick([1, 10, 50]);
  return {
    what: `${name} reads ${limit}${bound ? ` ${bound} a message` : ''}`,
    async take(session) {
      const { chatId, leftOut } = session;
      const who = session.actors[name];
      const held = known(who, chatId);
      const place = at(share, held)?.seq;
      const range = bound === undefined || place === undefined ? {} : { [bound]: place };
      const reply = await attempt(session, who, ['message:list', { chatId, ...range, limit }], refusalsOf(name));
      const items = reply?.items ?? [];
      const byPlace = new Map(items.map((message) => [message.seq, message]));
      const [first, last] = [items[0]?.seq ?? Infinity, items.at(-1)?.seq ?? 0];
      if (items.some(({ seq }, index) => index > 0 && seq <= items[index - 1]!.seq))
        throw new Error('a page out of order');
      for (const { id, seq } of held) {
        const stored = byPlace.get(seq);
        if (stored && stored.id !== id) throw new Error(`${name} holds ${id} in place ${seq}, history ${stored.id}`);
        if (!stored && seq > first && seq < last) leftOut.add(id);
      }
      return JSON.stringify(range);
    },
  };
};

function unlessRefused(error: unknown): undefined {
  if (error instanceof ChatError && visitorsMay.includes(error.code)) return undefined;
  throw error;
}
