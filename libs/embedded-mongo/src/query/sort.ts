import { type Doc, isDoc, isNumber, toNumber, type Value } from '../bson/value.js';
import { CommandError, notSupported } from '../errors.js';
import { type Direction, EMPTY_ARRAY, encodeKey, type KeyValue } from '../keys/encode.js';
import { reach, splitPath } from './path.js';

export interface SortField {
  path: string;
  parts: string[];
  direction: Direction;
}

export function parseSort(value: Value | undefined): SortField[] {
  if (value === undefined) return [];
  if (!isDoc(value)) throw new CommandError('TypeMismatch', 'a sort has to be a document');
  return [...value].map(([path, direction]) => {
    if (isDoc(direction)) throw notSupported(`sort by ${[...direction.keys()][0] ?? 'a document'}`);
    if (path === '' || path.startsWith('$')) throw notSupported(`sort by ${path || 'an empty name'}`);
    const turn = isNumber(direction) ? toNumber(direction) : 0;
    if (turn !== 1 && turn !== -1) throw new CommandError('BadValue', `bad sort order of ${path}: 1 or -1 is wanted`);
    return { path, parts: splitPath(path), direction: turn };
  });
}

/** A document's place in the order, comparable byte by byte. An array counts by its least element, or greatest if descending. */
export function sortKey(doc: Doc, fields: SortField[]): Buffer {
  return Buffer.concat(fields.map((field) => fieldKey(doc, field)));
}

function fieldKey(doc: Doc, { parts, direction }: SortField): Buffer {
  let first: Buffer | undefined;
  const consider = (value: KeyValue): void => {
    const key = encodeKey([value], [direction]);
    if (first === undefined || Buffer.compare(key, first) < 0) first = key;
  };
  reach(doc, parts, (value) => {
    if (!Array.isArray(value)) consider(value);
    else if (value.length === 0) consider(EMPTY_ARRAY);
    else value.forEach((element) => consider(element));
    return false;
  });
  return first ?? encodeKey([undefined], [direction]);
}
