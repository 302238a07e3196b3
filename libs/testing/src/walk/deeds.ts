import type { Message } from '@roost/contract';
import type { Random } from '../random.js';
import { at } from '../session/step.js';
import type { Device } from './device.js';
import { goesOn } from './walk.js';
import type { Deed, Walk } from './walk.js';

type MakeDeed = (random: Random) => Deed;

const nothing = 'there is nothing';

/** Long enough that it counts beside what the protocol takes. */
const lengths = [300, 1_500, 4_000] as const;

/** One of the chats of this walk that the device shows. */
function chatOf({ chatIds }: Walk, { client }: Device, share: number): string | undefined {
  return at(
    share,
    client.chats.filter(({ id }) => chatIds.includes(id)),
  )?.id;
}

const send: MakeDeed = (random) => {
  const [share, length, times] = [random.next(), random.pick(lengths), random.chance(0.15) ? 6 : 1];
  return {
    what: times > 1 ? `says ${times} things at once` : 'says something',
    take(walk, device) {
      const chatId = chatOf(walk, device, share);
      if (chatId === undefined) return nothing;
      const ids = Array.from({ length: times }, () => `${walk.seed}-${walk.count++}`);
      for (const id of ids) device.say(chatId, `${id} ${'x'.repeat(length)}`, id);
      return `${chatId.slice(-4)}: ${ids.join()}`;
    },
  };
};

/** One's own messages of a chat, without what was deleted. */
function own({ client, userId }: Device, chatId: string | undefined): readonly Message[] {
  const { messages = [] } = (chatId === undefined ? undefined : client.view(chatId)) ?? {};
  return messages.filter(({ sender, deletedAt }) => sender.id === userId && deletedAt === undefined);
}

const withOwn =
  (what: string, act: (device: Device, message: Message) => Promise<unknown>): MakeDeed =>
  (random) => {
    const [share, which] = [random.next(), random.next()];
    return {
      what,
      take(walk, device) {
        const message = at(which, own(device, chatOf(walk, device, share)));
        if (!message) return nothing;
        goesOn(walk, what, act(device, message));
        return String(message.seq);
      },
    };
  };

const edit = withOwn('edits', ({ client }, message) => client.editMessage(message, `${message.text}!`));
const react = withOwn('reacts', ({ client }, message) => client.react(message, '👍', !message.reactions));
const remove = withOwn('deletes', ({ client }, message) => client.deleteMessage(message));

const inChat =
  (
    what: string,
    act: (walk: Walk, device: Device, chatId: string, which: number) => Promise<unknown> | void,
  ): MakeDeed =>
  (random) => {
    const [share, which] = [random.next(), random.next()];
    return {
      what,
      take(walk, device) {
        const chatId = chatOf(walk, device, share);
        if (chatId === undefined) return nothing;
        const doing = act(walk, device, chatId, which);
        if (doing) goesOn(walk, what, doing);
        return chatId.slice(-4);
      },
    };
  };

const rename = inChat('renames a chat', (walk, { client }, chatId) => client.renameChat(chatId, `after ${walk.count}`));
/** Everybody may still write, and nobody waits: how long would be left to them, and the walk has to end. */
const set = inChat('sets how a chat is used', (_, { client }, chatId, which) => {
  const who = which < 0.7 ? 'everyone' : 'admins';
  return client.changeSettings(chatId, which < 0.5 ? { mayAddMembers: who } : { mayEditChat: who });
});
const open = inChat('opens a chat', (_, { client }, chatId) => client.join(chatId));
const close = inChat('closes a chat', (_, { client }, chatId) => client.leave(chatId));
const readOlder = inChat('reads what was before', (_, { client }, chatId) => client.loadOlder(chatId, 10));
const readNewer = inChat('reads on', (_, { client }, chatId) => client.loadNewer(chatId, 10));
const jump = inChat('goes to a place', (_, { client }, chatId, which) => {
  const lastSeq = client.view(chatId)?.chat.lastSeq ?? 0;
  return client.loadAround(chatId, 1 + Math.floor(which * lastSeq), 10);
});
const markRead = inChat('marks as read', (_, { client }, chatId, which) => {
  const lastSeq = client.view(chatId)?.chat.lastSeq ?? 0;
  client.markRead(chatId, which < 0.3 ? lastSeq : Math.floor(which * lastSeq));
});
const mark = inChat('keeps it another way', (_, { client }, chatId, which) =>
  client.markChat(chatId, which < 0.5 ? { muted: which < 0.3 } : { pinned: which < 0.8, archived: which < 0.7 }),
);
const lookAtEnd = inChat('looks at the end', (_, { client }, chatId) => client.look(chatId));

/** The first chat keeps its people, so that somebody hears everything. */
const mayMove = ({ chatIds }: Walk, chatId: string): boolean => chatId !== chatIds[0];

const moves =
  (what: string, act: (walk: Walk, device: Device, chatId: string, other: Device) => Promise<unknown>): MakeDeed =>
  (random) => {
    const whom = random.next();
    return inChat(what, (walk, device, chatId) => {
      const other = at(whom, walk.devices);
      if (!other || !mayMove(walk, chatId)) return undefined;
      return act(walk, device, chatId, other);
    })(random);
  };

const add = moves('adds somebody', (_, { client }, chatId, { userId }) => client.addMembers(chatId, [userId]));
const expel = moves('removes somebody', (walk, { client }, chatId, { userId, name }) => {
  walk.wereOut.add(`${name} ${chatId}`);
  return client.removeMember(chatId, userId);
});
/** Nobody is made a guest: whoever walks here may write, or is out. */
const promote: MakeDeed = (random) => {
  const role = random.pick(['admin', 'member', 'owner'] as const);
  return moves(`gives somebody the role ${role}`, (_, { client }, chatId, { userId }) =>
    client.updateMember(chatId, userId, role),
  )(random);
};
const quit = moves('leaves for good', (walk, { client, name }, chatId) => {
  walk.wereOut.add(`${name} ${chatId}`);
  return client.leaveForGood(chatId);
});

const times = (count: number, deed: MakeDeed): MakeDeed[] => Array.from({ length: count }, () => deed);

/** How often each of what people do comes up. */
export const deeds: readonly MakeDeed[] = [
  ...times(24, send),
  ...times(6, edit),
  ...times(3, react),
  ...times(3, remove),
  ...times(1, rename),
  ...times(2, set),
  ...times(3, open),
  ...times(1, close),
  ...times(3, readOlder),
  ...times(1, readNewer),
  ...times(2, jump),
  ...times(2, lookAtEnd),
  ...times(4, markRead),
  ...times(3, mark),
  ...times(3, add),
  ...times(1, expel),
  ...times(1, quit),
  ...times(2, promote),
];
