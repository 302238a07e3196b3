import type { FactName, FactOf } from '@roost/contract';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Broadcaster } from './broadcaster.js';
import type { ChatServer } from '../kernel/chat-socket.js';
import { ClusterEvents } from '../cluster/cluster-events.js';

const clusterEvents = new ClusterEvents();
const broadcaster = new Broadcaster(clusterEvents);
const sent: { rooms: readonly string[]; fact: string }[] = [];
/** What is in a fact does not matter here. */
const payload = {} as FactOf<FactName> as never;

beforeEach(() => {
  vi.useFakeTimers();
  sent.length = 0;
  const to = (rooms: string | string[]) => ({ emit: (fact: string) => sent.push({ rooms: [rooms].flat(), fact }) });
  broadcaster.attach({ to } as unknown as ChatServer);
});
afterEach(() => void vi.useRealTimers());

/** What is for one room takes the channel of the room, what is for several the one of the cluster events. */
const goesWithClusterEvents = () => sent.map(({ rooms }) => rooms.length > 1);

test('facts of a chat take the channel of their room', () => {
  broadcaster.toChat('1', 'message:new', payload);
  expect(sent).toEqual([{ rooms: ['chat-1'], fact: 'message:new' }]);
});

test('C3 C5 C7 facts that go with a change of rooms take the way of the cluster events, so that none overtakes', () => {
  broadcaster.toUser('ada', 'chat:created', payload);
  broadcaster.toUsers(['grace'], 'chat:created', payload);
  broadcaster.toChat('1', 'member:added', payload);
  broadcaster.toChatAndUser('1', 'grace', 'member:removed', payload);
  broadcaster.toChat('1', 'chat:deleted', payload);
  expect(goesWithClusterEvents()).toEqual([true, true, true, true, true]);
});

test('M4 so do all facts of a chat that somebody is new in, until every replica has subscribed to its room', () => {
  clusterEvents.emitHere('membership:changed', { chatId: '1', joined: ['grace'], left: [] });
  broadcaster.toChat('1', 'message:new', payload);
  broadcaster.toChat('2', 'message:new', payload);
  vi.advanceTimersByTime(10_000);
  broadcaster.toChat('1', 'message:new', payload);
  expect(goesWithClusterEvents()).toEqual([true, false, false]);
});

test('what is for everybody stays for everybody', () => {
  broadcaster.toEverybody('chat:created', payload);
  expect(sent).toEqual([{ rooms: [], fact: 'chat:created' }]);
});
