import type { Random } from '../random.js';
import { damaged, randomBytes } from './bytes.js';

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly isLast?: boolean;
  /** The reserved bits; 4 is RSV1, by which a frame says that it is compressed. */
  readonly reserved?: number;
  readonly isMasked?: boolean;
  /** Bytes in which the length is written, one more than needed or a lie where it does not fit. */
  readonly lengthBytes?: 0 | 2 | 8;
  readonly length?: bigint;
}

const continuation = 0;
const text = 1;
const binary = 2;
const close = 8;
const ping = 9;
const pong = 10;
const shortMax = 125;
const mediumMax = 65_535;
const mask = Buffer.from([1, 2, 3, 4]);

/** RFC 6455, section 5.2. */
export function frame({ opcode, payload, isLast = true, reserved = 0, isMasked = true, ...rest }: Frame): Buffer {
  const { length = BigInt(payload.length) } = rest;
  const lengthBytes = rest.lengthBytes ?? (length <= shortMax ? 0 : length <= mediumMax ? 2 : 8);
  const header = Buffer.alloc(2 + lengthBytes);
  header[0] = (isLast ? 0x80 : 0) | (reserved << 4) | opcode;
  const inline = lengthBytes === 0 ? Number(length & 0x7fn) : lengthBytes === 2 ? shortMax + 1 : shortMax + 2;
  header[1] = (isMasked ? 0x80 : 0) | inline;
  if (lengthBytes === 2) header.writeUInt16BE(Number(length & 0xffffn), 2);
  if (lengthBytes === 8) header.writeBigUInt64BE(BigInt.asUintN(64, length), 2);
  return isMasked ? Buffer.concat([header, mask, masked(payload)]) : Buffer.concat([header, payload]);
}

const masked = (payload: Buffer): Buffer => payload.map((byte, index) => byte ^ mask[index % mask.length]!) as Buffer;

/** A message in one frame, in several with others between them, or in none that anybody can read. */
export function frames(random: Random, message: string | Buffer): Buffer {
  const opcode = typeof message === 'string' ? text : binary;
  const payload = Buffer.from(message);
  if (random.chance(0.75)) return frame({ opcode, payload });
  if (random.chance(0.5)) return fragmented(random, opcode, payload);
  return random.pick(strange)(random, payload);
}

function fragmented(random: Random, opcode: number, payload: Buffer): Buffer {
  const at = random.below(payload.length + 1);
  const between = random.pick([
    Buffer.alloc(0),
    frame({ opcode: ping, payload: randomBytes(random, 125) }),
    frame({ opcode: pong, payload: randomBytes(random, 125) }),
    frame({ opcode: text, payload }),
  ]);
  return Buffer.concat([
    frame({ opcode, payload: payload.subarray(0, at), isLast: false }),
    between,
    frame({ opcode: continuation, payload: payload.subarray(at) }),
  ]);
}

const strange: readonly ((random: Random, payload: Buffer) => Buffer)[] = [
  (random, payload) => frame({ opcode: random.below(16), payload }),
  (_random, payload) => frame({ opcode: text, payload, isMasked: false }),
  (random, payload) => frame({ opcode: text, payload, reserved: random.below(8) }),
  (_random, payload) => frame({ opcode: continuation, payload }),
  (_random, payload) => frame({ opcode: text, payload, isLast: false }),
  (_random, payload) => frame({ opcode: text, payload, lengthBytes: 8 }),
  (_random, payload) => frame({ opcode: text, payload, length: 2n ** 63n + 1n }),
  (_random, payload) => frame({ opcode: text, payload, length: 1_000_000n }),
  (random) => frame({ opcode: text, payload: randomBytes(random, 200) }),
  (random) => frame({ opcode: close, payload: randomBytes(random, 8) }),
  (_random, payload) => frame({ opcode: close, payload: Buffer.concat([Buffer.from([3, 232]), payload]) }),
  (random) => frame({ opcode: ping, payload: randomBytes(random, 400) }),
  (random, payload) => damaged(random, frame({ opcode: text, payload })),
  (random) => randomBytes(random, 200),
];
