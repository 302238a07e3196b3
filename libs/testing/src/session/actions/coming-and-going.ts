import { attempt, refusalsOf, visitorsMay } from '../attempt.js';
import { everybody } from '../cast.js';
import type { MakeStep } from '../step.js';

export const open: MakeStep = (random) => {
  const name = random.pick(everybody);
  return {
    what: `${name} opens the chat`,
    async take(session) {
      const { chatId, actors } = session;
      const chat = actors[name].sdk.view(chatId)?.chat;
      const since = chat && { seq: chat.lastSeq, rev: chat.rev };
      const request = { chatId, ...(since && { since }) };
      await attempt(session, actors[name], ['chat:join', request], refusalsOf(name));
    },
  };
};

export const leave: MakeStep = (random) => {
  const name = random.pick(everybody);
  return {
    what: `${name} closes the chat`,
    take: async (session) => {
      await attempt(session, session.actors[name], ['chat:leave', { chatId: session.chatId }]);
    },
  };
};

export const rename: MakeStep = () => ({
  what: 'ada renames the chat',
  async take(session) {
    const title = `after ${session.sends.length}`;
    await attempt(session, session.actors.ada, ['chat:update', { chatId: session.chatId, title }]);
    return title;
  },
});

export const promote: MakeStep = (random) => {
  const role = random.pick(['admin', 'member'] as const);
  return {
    what: `ada makes grace ${role}`,
    take: async (session) => {
      const { actors, chatId } = session;
      await attempt(session, actors.ada, ['member:update', { chatId, userId: actors.grace.userId, role }]);
    },
  };
};

export const add: MakeStep = () => ({
  what: 'ada adds hedy',
  take: async (session) => {
    const { actors, chatId } = session;
    await attempt(session, actors.ada, ['member:add', { chatId, userIds: [actors.hedy.userId] }]);
  },
});

export const expel: MakeStep = () => ({
  what: 'ada removes hedy',
  take: async (session) => {
    const { actors, chatId } = session;
    await attempt(session, actors.ada, ['member:remove', { chatId, userId: actors.hedy.userId }], ['user/unknown']);
  },
});

export const quit: MakeStep = () => ({
  what: 'hedy leaves for good',
  take: async (session) => {
    const { actors, chatId } = session;
    await attempt(session, actors.hedy, ['member:leave', { chatId }], [...visitorsMay, 'user/unknown']);
  },
});
