import { type Doc, isDoc, isNumber, toNumber, type Value } from '../bson/value.js';
import { CommandError, notSupported } from '../errors.js';
import { elementPredicate } from './match.js';
import { parseFilter } from './parse.js';
import { splitPath } from './path.js';

export type Projection = (doc: Doc) => Doc;

/** The names of a projection as a tree: what happens at the end of each path. */
type Node = Map<string, Node | Leaf>;
type Leaf = 'keep' | 'drop' | ((value: Value) => Value | undefined);

/** Parses a projection; undefined if it leaves documents as they are. */
export function parseProjection(value: Value | undefined): Projection | undefined {
  if (value === undefined) return undefined;
  if (!isDoc(value)) throw new CommandError('TypeMismatch', 'a projection has to be a document');
  if (value.size === 0) return undefined;
  const leaves = [...value].map(([path, wish]) => [path, parseLeaf(path, wish)] as const);
  const inclusive = isInclusive(leaves);
  const tree: Node = new Map();
  for (const [path, leaf] of leaves) {
    if (path !== '_id' && leaf === (inclusive ? 'drop' : 'keep')) throw mixed(path, inclusive);
    plant(tree, path, leaf);
  }
  if (inclusive && !tree.has('_id')) tree.set('_id', 'keep');
  return inclusive ? (doc) => including(doc, tree) : (doc) => excluding(doc, tree);
}

const mixed = (path: string, inclusive: boolean): CommandError =>
  new CommandError(
    'BadValue',
    `Cannot do ${inclusive ? 'exclusion' : 'inclusion'} on field ${path} in ${inclusive ? 'inclusion' : 'exclusion'} projection`,
  );

/** Decided by the first plain wish that is not about _id; `$elemMatch` alone includes, `$slice` alone excludes. */
function isInclusive(leaves: (readonly [string, Leaf])[]): boolean {
  const plain = leaves.find(([path, leaf]) => path !== '_id' && typeof leaf === 'string');
  if (plain !== undefined) return plain[1] === 'keep';
  const elemMatch = leaves.some(([, leaf]) => typeof leaf === 'function' && leaf.name === 'elemMatch');
  return elemMatch || (leaves.length === 1 && leaves[0]![1] === 'keep');
}

function parseLeaf(path: string, wish: Value): Leaf {
  if (path.includes('$')) throw notSupported(`the projection ${path}`);
  if (path === '' || splitPath(path).includes('')) throw new CommandError('BadValue', 'FieldPath cannot be empty');
  if (typeof wish === 'boolean') return wish ? 'keep' : 'drop';
  if (isNumber(wish)) return toNumber(wish) === 0 ? 'drop' : 'keep';
  if (!isDoc(wish)) throw notSupported(`a projection of ${path} to a value`);
  const [name, operand] = [...wish][0] ?? ['an empty document', null];
  if (wish.size !== 1) throw notSupported(`a projection of ${path} to a document`);
  if (name === '$slice') return slice(operand);
  if (name === '$elemMatch') return firstMatch(path, wish);
  throw notSupported(`the projection ${name}`);
}

function firstMatch(path: string, wish: Doc): Leaf {
  if (path.includes('.')) throw new CommandError('BadValue', 'Cannot use $elemMatch projection on a nested field');
  const parsed = parseFilter(new Map([[path, wish]]));
  const test = parsed.kind === 'and' && parsed.parts[0]?.kind === 'field' ? parsed.parts[0].test : undefined;
  if (test?.op !== 'elemMatch') throw new CommandError('BadValue', '$elemMatch needs an Object');
  const matches = elementPredicate(test);
  return function elemMatch(value) {
    const found = Array.isArray(value) ? value.find(matches) : undefined;
    return found === undefined ? undefined : [found];
  };
}

/** `n`: the first n, from the end if negative; `[skip, n]`. */
function slice(operand: Value): Leaf {
  const numbers = (Array.isArray(operand) ? operand : [operand]).map((value) =>
    isNumber(value) ? toNumber(value) : NaN,
  );
  if (numbers.length > 2 || !numbers.every(Number.isInteger))
    throw new CommandError('BadValue', '$slice needs numbers');
  const [first, count] = numbers as [number, number | undefined];
  if (count !== undefined && count <= 0) throw new CommandError('BadValue', '$slice limit must be positive');
  return (value) => {
    if (!Array.isArray(value)) return value;
    if (count === undefined) return first >= 0 ? value.slice(0, first) : value.slice(first);
    const start = first >= 0 ? first : Math.max(0, value.length + first);
    return value.slice(start, start + count);
  };
}

function plant(tree: Node, path: string, leaf: Leaf): void {
  const parts = splitPath(path);
  let node = tree;
  for (const part of parts.slice(0, -1)) {
    let next = node.get(part);
    if (next === undefined) node.set(part, (next = new Map()));
    if (!(next instanceof Map)) throw new CommandError('BadValue', `Path collision at ${path}`);
    node = next;
  }
  const last = parts.at(-1)!;
  if (node.has(last)) throw new CommandError('BadValue', `Path collision at ${path}`);
  node.set(last, leaf);
}

function including(doc: Doc, tree: Node): Doc {
  const result: Doc = new Map();
  for (const [name, value] of doc) {
    const node = tree.get(name);
    if (node === undefined || node === 'drop') continue;
    const kept = node instanceof Map ? includingInside(value, node) : applied(node, value);
    if (kept !== undefined) result.set(name, kept);
  }
  return result;
}

/** Below the top, a projection goes through arrays; values that are not documents have nothing to include. */
function includingInside(value: Value, tree: Node): Value | undefined {
  if (isDoc(value)) return including(value, tree);
  if (!Array.isArray(value)) return undefined;
  return value.map((element) => includingInside(element, tree)).filter((element) => element !== undefined);
}

function excluding(doc: Doc, tree: Node): Doc {
  const result: Doc = new Map();
  for (const [name, value] of doc) {
    const node = tree.get(name);
    if (node === 'drop') continue;
    const kept = node === undefined ? value : node instanceof Map ? excludingInside(value, node) : applied(node, value);
    if (kept !== undefined) result.set(name, kept);
  }
  return result;
}

function excludingInside(value: Value, tree: Node): Value {
  if (isDoc(value)) return excluding(value, tree);
  return Array.isArray(value) ? value.map((element) => excludingInside(element, tree)) : value;
}

const applied = (leaf: Leaf, value: Value): Value | undefined => (typeof leaf === 'function' ? leaf(value) : value);
