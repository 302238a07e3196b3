import { setImmediate as nextTurn } from 'node:timers/promises';
import { head, onWire, send, textFrame, upgradeHead } from './attack.js';
import type { Attack } from './attack.js';
import { engineIoPackets, pollingPayload } from './engine-io-packets.js';
import { httpRequest } from './http-requests.js';
import { frames } from './websocket-frames.js';
import { Wire } from './wire.js';

/** Engine.IO 3 and what is none among them, and a transport that there is none of. */
const openings = [
  'EIO=4&transport=websocket',
  'EIO=4&transport=websocket',
  'EIO=3&transport=websocket',
  'transport=websocket',
  'EIO=4',
];
const pollingOpening = 'EIO=4&transport=polling';

const targetOf = (query: string) => `/socket.io/?${query}`;
const signIn = ({ words }: Attack) => `40${JSON.stringify({ token: words.token })}`;

/** A WebSocket from its first frame, signed in or not. */
async function websocket(attack: Attack): Promise<void> {
  const { random, words } = attack;
  const opening = random.chance(0.9) ? openings[0]! : random.pick(openings);
  await onWire(attack, async (wire) => {
    await send(attack, wire, upgradeHead(targetOf(opening)));
    if (random.chance(0.9)) await wire.until((text) => text.includes('"sid"'));
    if (random.chance(0.8)) {
      await send(attack, wire, textFrame(signIn(attack)));
      await wire.until((text) => text.includes('session:ready'));
    }
    const packets = engineIoPackets(random, words).map((packet) => frames(random, packet));
    // Something that is answered last says that all before it was read.
    const isAwaited = random.chance(0.5);
    if (isAwaited) packets.push(textFrame('4299["chat:leave",{}]'));
    await send(attack, wire, Buffer.concat(packets));
    if (isAwaited) await wire.until((text) => text.includes('4399['));
  });
}

/** Long-polling: several packets in a request, requests at the same time, and those that no client makes. */
async function polling(attack: Attack): Promise<void> {
  const { random, words } = attack;
  await onWire(attack, async (wire) => {
    const sid = await openPolling(attack, wire);
    if (sid === undefined) return;
    if (random.chance(0.8)) await post(attack, wire, sid, Buffer.from(signIn(attack)));
    for (let count = random.below(6); count > 0; count--) {
      const step = random.pick([postPackets, postPackets, poll, pollTwice, odd]);
      await step(attack, wire, sid);
    }
    if (random.chance(0.3))
      await post(attack, wire, sid, pollingPayload(random, [...engineIoPackets(random, words), '1']));
  });
}

/** From long-polling to a WebSocket, at a moment and in an order that no client takes. */
async function upgrade(attack: Attack): Promise<void> {
  const { random } = attack;
  await onWire(attack, async (wire) => {
    const sid = await openPolling(attack, wire);
    if (sid === undefined) return;
    if (random.chance(0.7)) await post(attack, wire, sid, Buffer.from(signIn(attack)));
    const sockets = await Promise.all(random.list(2, () => Wire.open(attack.url)));
    try {
      for (const socket of sockets) {
        await send(attack, socket, upgradeHead(targetOf(`EIO=4&transport=websocket&sid=${sid}`)));
        if (random.chance(0.7)) await socket.until((text) => text.includes('\r\n\r\n'));
      }
      for (let count = random.below(8); count > 0; count--) await upgradeStep(attack, { wire, sockets, sid });
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
}

interface Upgrading {
  readonly wire: Wire;
  readonly sockets: readonly Wire[];
  readonly sid: string;
}

async function upgradeStep(attack: Attack, { wire, sockets, sid }: Upgrading): Promise<void> {
  const { random, words } = attack;
  const socket = sockets.length > 0 ? random.pick(sockets) : undefined;
  switch (random.below(6)) {
    case 0:
      return poll(attack, wire, sid);
    case 1:
      return postPackets(attack, wire, sid);
    case 2:
      await socket?.write(textFrame('2probe'));
      await socket?.until((text) => text.includes('3probe'));
      return;
    case 3:
      await socket?.write(textFrame('5'));
      return;
    case 4:
      return (
        socket && send(attack, socket, Buffer.concat(engineIoPackets(random, words).map((one) => frames(random, one))))
      );
    default:
      return random.chance(0.3) ? socket?.destroy() : undefined;
  }
}

/** Requests over HTTP, one behind the other on a connection. */
async function http(attack: Attack): Promise<void> {
  const { random, words } = attack;
  await onWire(attack, async (wire) => {
    for (let count = 1 + random.below(3); count > 0; count--) {
      await send(attack, wire, httpRequest(random, words));
      if (random.chance(0.7)) await wire.answer();
    }
  });
}

async function openPolling(attack: Attack, wire: Wire): Promise<string | undefined> {
  await send(attack, wire, head(`GET ${targetOf(pollingOpening)} HTTP/1.1`));
  return /"sid":"([^"]+)"/.exec((await wire.answer()) ?? '')?.[1];
}

const targetWith = (sid: string) => targetOf(`${pollingOpening}&sid=${sid}`);

async function post(attack: Attack, wire: Wire, sid: string, payload: Buffer): Promise<void> {
  const { random } = attack;
  const type = random.chance(0.9) ? 'text/plain;charset=UTF-8' : random.pick(['application/octet-stream', 'x', '']);
  const headers = [`Content-Type: ${type}`, `Content-Length: ${payload.length}`];
  await send(attack, wire, Buffer.concat([Buffer.from(head(`POST ${targetWith(sid)} HTTP/1.1`, headers)), payload]));
  if (random.chance(0.9)) await wire.answer();
}

const postPackets = (attack: Attack, wire: Wire, sid: string): Promise<void> =>
  post(attack, wire, sid, pollingPayload(attack.random, engineIoPackets(attack.random, attack.words)));

async function poll(attack: Attack, wire: Wire, sid: string): Promise<void> {
  await send(attack, wire, head(`GET ${targetWith(sid)} HTTP/1.1`));
  await wire.answer();
}

/** A second poll while one is open ends the connection, says Engine.IO. */
async function pollTwice(attack: Attack, wire: Wire, sid: string): Promise<void> {
  await onWire(attack, async (other) => {
    await send(attack, other, head(`GET ${targetWith(sid)} HTTP/1.1`));
    await nextTurn();
    await poll(attack, wire, sid);
  });
}

async function odd(attack: Attack, wire: Wire, sid: string): Promise<void> {
  const { random } = attack;
  const query = random.pick([
    '&j=0',
    '&j=<script>',
    '&b64=1',
    '&EIO=3',
    '&transport=websocket',
    '&sid=other',
    '&t=%00',
    '&',
  ]);
  const method = random.pick(['GET', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'HEAD']);
  await send(attack, wire, head(`${method} ${targetWith(sid)}${query} HTTP/1.1`, ['Content-Length: 0']));
  await wire.answer();
}

export const attacks = { websocket, polling, upgrade, http };
export type AttackName = keyof typeof attacks;
