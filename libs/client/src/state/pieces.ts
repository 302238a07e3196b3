import { withEntry as withOne, without as withoutOne } from './share.js';

/**
 * A record of many entries, in pieces by a hash of the key: one that has another entry shares all pieces but one with it, where a plain
 * record of 500 would be copied as a whole. Plain data.
 */
export type Pieces<Value> = readonly Readonly<Record<string, Value>>[];

const count = 64;

export const noPieces: Pieces<never> = Array.from({ length: count }, () => ({}));

export function entryOf<Value>(pieces: Pieces<Value>, key: string): Value | undefined {
  const piece = pieces[indexOf(key)]!;
  return Object.hasOwn(piece, key) ? piece[key] : undefined;
}

/** With this value; the very same ones where they have it already. */
export const withEntry = <Value>(pieces: Pieces<Value>, key: string, value: Value): Pieces<Value> =>
  withPiece(pieces, key, (piece) => withOne(piece, key, value));

/** Without this key; the very same ones where they have none. */
export const without = <Value>(pieces: Pieces<Value>, key: string): Pieces<Value> =>
  withPiece(pieces, key, (piece) => withoutOne(piece, key));

function withPiece<Value>(
  pieces: Pieces<Value>,
  key: string,
  change: (piece: Pieces<Value>[number]) => Pieces<Value>[number],
): Pieces<Value> {
  const index = indexOf(key);
  const piece = change(pieces[index]!);
  return piece === pieces[index] ? pieces : pieces.with(index, piece);
}

function indexOf(key: string): number {
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = (hash * 31 + key.charCodeAt(at)) | 0;
  return (hash >>> 0) % count;
}
