import type { Random } from '../random.js';
import { pieces } from './bytes.js';
import { frame } from './websocket-frames.js';
import { Wire } from './wire.js';
import type { Words } from './words.js';

/** One attacker at one moment. */
export interface Attack {
  readonly url: string;
  readonly random: Random;
  readonly words: Words;
  /** Notes what is done, to be shown where it turns out to be the last. */
  readonly note: (what: string) => void;
}

const textOpcode = 1;

/** The head of an HTTP request. */
export function head(requestLine: string, headers: readonly string[] = []): string {
  return [requestLine, 'Host: localhost', ...headers, '', ''].join('\r\n');
}

export const upgradeHead = (target: string): string =>
  head(`GET ${target} HTTP/1.1`, [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ]);

export const textFrame = (text: string): Buffer => frame({ opcode: textOpcode, payload: Buffer.from(text) });

/** Writes it in one piece or many, and notes it first. */
export async function send({ random, note }: Attack, wire: Wire, bytes: Buffer | string): Promise<void> {
  const whole = Buffer.from(bytes);
  note(whole.toString('latin1'));
  await wire.write(...pieces(random, whole));
}

/** Opens a connection for as long as `act` takes; it ends in one of the ways in which connections end. */
export async function onWire({ url, random, note }: Attack, act: (wire: Wire) => Promise<void>): Promise<void> {
  const wire = await Wire.open(url);
  try {
    await act(wire);
    note('end');
    if (random.chance(0.2)) await wire.end();
    else if (random.chance(0.3)) wire.reset();
  } finally {
    wire.destroy();
  }
}
