import { type Document, serialize } from 'bson';
import { decode } from '../../src/bson/decode.js';
import type { Doc, Value } from '../../src/bson/value.js';

/** A document as the server sees it when a driver sends it. */
export const docOf = (doc: Document): Doc => decode(Buffer.from(serialize(doc)));

export const valueOf = (value: unknown): Value => docOf({ value }).get('value')!;
