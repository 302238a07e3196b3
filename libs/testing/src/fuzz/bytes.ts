import type { Random } from '../random.js';

/** The same bytes in one piece or in many, for what reads them must not care where they are cut. */
export function pieces(random: Random, bytes: Buffer): Buffer[] {
  if (random.chance(0.5)) return [bytes];
  const cuts = random.list(6, () => random.below(bytes.length + 1)).toSorted((a, b) => a - b);
  return [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index]));
}

/** A few bytes changed, left out, or written twice. */
export function damaged(random: Random, bytes: Buffer): Buffer {
  if (bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  switch (random.below(4)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at), randomBytes(random, 4), bytes.subarray(at + 1)]);
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
    default:
      return Buffer.concat([bytes, bytes.subarray(at)]);
  }
}

export const randomBytes = (random: Random, most: number): Buffer =>
  Buffer.from(random.list(most, () => random.below(256)));
