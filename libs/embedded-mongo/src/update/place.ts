import { isDoc, type Value } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { isArrayIndex } from '../query/path.js';

/** How far beyond its end an array may be extended, as in MongoDB. */
const MAX_PADDING = 1_500_000;

const notViable = (part: string): CommandError =>
  new CommandError('PathNotViable', `Cannot create field '${part}' in an element that is not a document`);

/** The value at a path of names and positions, undefined if there is none. */
export function getAt(root: Value, parts: readonly string[]): Value | undefined {
  let value: Value | undefined = root;
  for (const part of parts) {
    if (isDoc(value)) value = value.get(part);
    else if (Array.isArray(value) && isArrayIndex(part)) value = value[Number(part)];
    else return undefined;
  }
  return value;
}

/** Sets the value at a path, creating documents on the way. Throws PathNotViable where something else stands there. */
export function setAt(root: Value, parts: readonly string[], value: Value): void {
  let holder = root;
  for (const part of parts.slice(0, -1)) {
    let next = child(holder, part);
    if (next === undefined) put(holder, part, (next = new Map()));
    holder = next;
  }
  put(holder, parts.at(-1)!, value);
}

function child(holder: Value, part: string): Value | undefined {
  if (isDoc(holder)) return holder.get(part);
  if (Array.isArray(holder) && isArrayIndex(part)) return holder[Number(part)];
  throw notViable(part);
}

function put(holder: Value, part: string, value: Value): void {
  if (isDoc(holder)) {
    holder.set(part, value);
    return;
  }
  if (!Array.isArray(holder) || !isArrayIndex(part)) throw notViable(part);
  const at = Number(part);
  if (at - holder.length > MAX_PADDING) throw new CommandError('BadValue', `cannot extend an array to position ${at}`);
  while (holder.length < at) holder.push(null);
  holder[at] = value;
}

/** Removes the value at a path; a position of an array becomes null. Nothing happens where there is nothing. */
export function unsetAt(root: Value, parts: readonly string[]): void {
  const holder = getAt(root, parts.slice(0, -1));
  const last = parts.at(-1)!;
  if (isDoc(holder)) holder.delete(last);
  else if (Array.isArray(holder) && isArrayIndex(last) && Number(last) < holder.length) holder[Number(last)] = null;
}
