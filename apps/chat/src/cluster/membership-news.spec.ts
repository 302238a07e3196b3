import { expect, test } from 'vitest';
import { ClusterEvents } from './cluster-events.js';
import { MembershipNews } from './membership-news.js';
import type { MembershipNewsItem } from './membership-news.js';

function listening() {
  const clusterEvents = new ClusterEvents();
  const news = new MembershipNews(clusterEvents);
  const heard: MembershipNewsItem[] = [];
  news.watch((item) => heard.push(item));
  const tell = (change: 'joined' | 'left', userId: string, rev?: number) =>
    clusterEvents.emitHere('membership:changed', {
      chatId: 'chat',
      joined: [],
      left: [],
      [change]: [userId],
      ...(rev !== undefined && { revs: { [userId]: rev } }),
    });
  return { clusterEvents, heard, tell };
}

test('an older change of a person is no news, the same one is again, other people are told of apart', () => {
  const { heard, tell } = listening();
  tell('left', 'ada', 7);
  tell('joined', 'ada', 6);
  tell('joined', 'grace', 6);
  tell('left', 'ada', 7);
  tell('joined', 'ada', 8);
  expect(heard.map(({ joined, left }) => ({ joined, left }))).toEqual([
    { joined: [], left: ['ada'] },
    { joined: [], left: [] },
    { joined: ['grace'], left: [] },
    { joined: [], left: ['ada'] },
    { joined: ['ada'], left: [] },
  ]);
});

test('a replica of an older version names no change: what it says is taken as it comes', () => {
  const { heard, tell } = listening();
  tell('left', 'ada', 7);
  tell('joined', 'ada');
  expect(heard.at(-1)).toMatchObject({ joined: ['ada'] });
});

test('nobody joins a chat that was deleted', () => {
  const { clusterEvents, heard, tell } = listening();
  clusterEvents.emitHere('chat:deleted', { chatId: 'chat' });
  tell('joined', 'ada', 9);
  expect(heard).toEqual([{ chatId: 'chat', joined: [], left: [] }]);
});
