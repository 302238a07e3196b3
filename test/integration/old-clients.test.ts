import { createRequire } from 'node:module';
import type { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { describe, expect } from 'vitest';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';

const test = sharedClusterTest(oneReplica);
const transports = [['polling'], ['websocket'], ['polling', 'websocket']];

/** What is used here of a client of version 2; it brings no types. */
interface OldSocket {
  readonly io: { skipReconnect: boolean; readonly reconnecting: boolean; readonly readyState: string };
  on(event: string, listener: (value: unknown) => void): void;
  close(): void;
}

const require = createRequire(import.meta.url);
const io2 = require('socket.io-client-2') as (url: string, options: object) => OldSocket;
const { io: io3 } = require('socket.io-client-3') as { io: typeof io };

describe.for(transports)('by %j', (by) => {
  test('H2 a client of version 2 is told why, and does not try again', async ({ cluster }) => {
    const socket = io2(cluster.url(), {
      transports: by,
      forceNew: true,
      query: { token: 'x' },
    });
    const heard: unknown[] = [];
    try {
      await new Promise<void>((resolve, reject) => {
        socket.on('error', (error) => heard.push(error));
        socket.on('reconnect_attempt', () => reject(new Error('it tries again')));
        socket.on('disconnect', (reason) => {
          heard.push(reason);
          resolve();
        });
      });
      expect(heard).toEqual([
        expect.objectContaining({ code: 'protocol/unsupported', retryable: false }),
        'io server disconnect',
      ]);
      expect([socket.io.skipReconnect, socket.io.reconnecting, socket.io.readyState]).toEqual([true, false, 'closed']);
    } finally {
      socket.close();
    }
  });

  test('H2 a client of version 3 is served like one of version 4', async ({ cluster }) => {
    const socket = io3(cluster.url(), { transports: by, forceNew: true, auth: { token: await cluster.token('ada') } });
    try {
      const ready = await new Promise((resolve, reject) => {
        socket.on('session:ready', resolve);
        socket.on('connect_error', reject);
      });
      expect(ready).toMatchObject({ replica: 'replica-1' });
      const answer = await new Promise((resolve) => {
        socket.emit('chat:create', { type: 'group', memberIds: [] }, resolve);
      });
      expect(answer).toMatchObject({ success: true });
    } finally {
      socket.close();
    }
  });
});

test.for(['', '&EIO=5', '&EIO=04'])(
  'H2 a WebSocket that names no version that there is (%j) hears the same, and closes as WebSockets do',
  async (version, { cluster }) => {
    const address = new URL(`/socket.io/?transport=websocket${version}`, cluster.url());
    const socket = new WebSocket(address.href.replace('http', 'ws'));
    const heard: string[] = [];
    socket.on('message', (packet: Buffer) => heard.push(packet.toString()));
    const code = await new Promise<number>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', resolve);
    });
    expect(heard).toEqual([
      expect.stringMatching(/^0\{/),
      expect.stringMatching(/^44\{.*"protocol\/unsupported"/),
      '41',
    ]);
    expect(code).toBe(1005);
  },
);
