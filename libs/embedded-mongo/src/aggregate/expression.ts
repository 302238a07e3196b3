import { type Doc, isDoc, type Value } from '../bson/value.js';
import { CommandError, notSupported } from '../errors.js';
import { splitPath } from '../query/path.js';

/** Computes a value from a document; `undefined` is "missing". */
export type Expression = (doc: Doc) => Value | undefined;

/** Field paths, literals, and documents of these. Operators are refused by name. */
export function compileExpression(value: Value): Expression {
  if (typeof value === 'string' && value.startsWith('$')) return fieldPath(value);
  if (Array.isArray(value)) throw notSupported('an array expression');
  if (!isDoc(value)) return () => value;
  const [first, operand] = [...value][0] ?? ['', null];
  if (first === '$literal') return () => operand;
  if (first.startsWith('$')) throw notSupported(`the expression ${first}`);
  const fields = [...value].map(([name, part]) => [name, compileExpression(part)] as const);
  return (doc) => {
    const result: Doc = new Map();
    for (const [name, part] of fields) {
      const computed = part(doc);
      if (computed !== undefined) result.set(name, computed);
    }
    return result;
  };
}

function fieldPath(path: string): Expression {
  if (path.startsWith('$$')) {
    if (path === '$$ROOT') return (doc) => doc;
    throw notSupported(`the variable ${path}`);
  }
  const parts = splitPath(path.slice(1));
  if (parts.includes('')) throw new CommandError('BadValue', `'${path}' is not a field path`);
  return (doc) => follow(doc, parts);
}

/** Through an array a path gives the array of what it finds in each element. */
function follow(value: Value | undefined, parts: string[]): Value | undefined {
  const [name, ...rest] = parts;
  if (name === undefined || value === undefined) return value;
  if (isDoc(value)) return follow(value.get(name), rest);
  if (!Array.isArray(value)) return undefined;
  return value.map((element) => follow(element, parts)).filter((found) => found !== undefined);
}
