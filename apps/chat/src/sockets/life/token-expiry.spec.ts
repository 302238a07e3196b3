import { beforeEach, expect, it } from 'vitest';
import type { ChatSocket } from '../../kernel/chat-socket.js';
import type { Clock } from '../../kernel/clock.js';
import { TokenExpiry } from './token-expiry.js';

/** Time that passes second by second, when it is told to. */
class ManualClock implements Pick<Clock, 'nowMs' | 'every'> {
  private ms = 1_800_000_000_000;
  private readonly works: (() => void)[] = [];

  nowMs(): number {
    return this.ms;
  }

  every(_where: string, _intervalMs: number, work: () => void): () => void {
    this.works.push(work);
    return () => void this.works.splice(0);
  }

  pass(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.ms += 1000;
      for (const work of this.works) work();
    }
  }
}

interface FakeSocket {
  readonly socket: ChatSocket;
  readonly told: [string, unknown][];
  closed: boolean;
}

function socketUntil(expiresAtMs: number): FakeSocket {
  const told: [string, unknown][] = [];
  const fake = { told, closed: false } as { socket: ChatSocket } & FakeSocket;
  const socket = {
    connected: true,
    data: { caller: { userId: 'u', sessionId: 's', expiresAtMs } },
    emit: (event: string, payload: unknown) => told.push([event, payload]),
    conn: { close: () => (fake.closed = true) },
  };
  return Object.assign(fake, { socket: socket as unknown as ChatSocket });
}

const expiring = (ms: number) => ['session:expiring', { expiresAt: new Date(ms).toISOString() }];
const closing = ['session:closing', { code: 'auth/token_expired', reconnect: true }];

let clock: ManualClock;
let expiry: TokenExpiry;

beforeEach(() => {
  clock = new ManualClock();
  expiry = new TokenExpiry(clock as unknown as Clock);
  expiry.onApplicationBootstrap();
});

it('H5 is said 60 s before the end, once, and the socket is closed at the end', () => {
  const endMs = clock.nowMs() + 900_000;
  const ada = socketUntil(endMs);
  expiry.watch(ada.socket);
  clock.pass(839);
  expect(ada.told).toEqual([]);
  clock.pass(1);
  expect(ada.told).toEqual([expiring(endMs)]);
  clock.pass(59);
  expect(ada.told).toHaveLength(1);
  expect(ada.closed).toBe(false);
  clock.pass(1);
  expect(ada.told).toEqual([expiring(endMs), closing]);
  expect(ada.closed).toBe(true);
  clock.pass(10);
  expect(ada.told).toHaveLength(2);
});

it('H5 is said at once where less than 60 s are left', () => {
  const endMs = clock.nowMs() + 20_000;
  const ada = socketUntil(endMs);
  expiry.watch(ada.socket);
  expect(ada.told).toEqual([expiring(endMs)]);
  clock.pass(20);
  expect(ada.told.at(-1)).toEqual(closing);
});

it('H5 a newer token keeps the socket, and its own end is said in time', () => {
  const firstEndMs = clock.nowMs() + 30_000;
  const ada = socketUntil(firstEndMs);
  const grace = socketUntil(firstEndMs);
  expiry.watch(ada.socket);
  expiry.watch(grace.socket);
  const secondEndMs = clock.nowMs() + 200_000;
  ada.socket.data.caller = { ...ada.socket.data.caller, expiresAtMs: secondEndMs };
  expiry.watch(ada.socket);
  clock.pass(30);
  expect(grace.closed).toBe(true);
  expect(ada.told).toEqual([expiring(firstEndMs)]);
  clock.pass(110);
  expect(ada.told).toEqual([expiring(firstEndMs), expiring(secondEndMs)]);
  clock.pass(60);
  expect(ada.closed).toBe(true);
});

it('a socket that is gone is not told anything, nor one whose token was renewed while it went', () => {
  const ada = socketUntil(clock.nowMs() + 70_000);
  expiry.watch(ada.socket);
  expiry.forget(ada.socket);
  const grace = socketUntil(clock.nowMs() + 5_000);
  Object.assign(grace.socket, { connected: false });
  expiry.watch(grace.socket);
  clock.pass(100);
  expect(ada.told).toEqual([]);
  expect(grace.told).toEqual([]);
});
