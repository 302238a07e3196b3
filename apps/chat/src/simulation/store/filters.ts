import { Types } from 'mongoose';

export type Document = Readonly<Record<string, unknown>>;
export type Filter = Readonly<Record<string, unknown>>;

type Condition = (value: unknown, operand: unknown) => boolean;

/** What the repositories of the logs ask with. */
const conditions: Readonly<Record<string, Condition>> = {
  $exists: (value, operand) => (value !== undefined) === operand,
  $in: (value, operand) => (operand as unknown[]).some((one) => isSame(value, one)),
  $gt: (value, operand) => orderOf(value) > orderOf(operand),
  $gte: (value, operand) => orderOf(value) >= orderOf(operand),
  $lt: (value, operand) => orderOf(value) < orderOf(operand),
  $lte: (value, operand) => orderOf(value) <= orderOf(operand),
};

export const matches = (document: Document, filter: Filter): boolean =>
  Object.entries(filter).every(([field, wanted]) =>
    field === '$or' ? (wanted as Filter[]).some((one) => matches(document, one)) : fits(document[field], wanted),
  );

/** As text, so that it can be the key of a map. */
export const textOf = (value: unknown): string =>
  value instanceof Types.ObjectId ? value.toHexString() : String(value);

function fits(value: unknown, wanted: unknown): boolean {
  if (!isConditions(wanted)) return isSame(value, wanted);
  return Object.entries(wanted).every(([name, operand]) => {
    const condition = conditions[name];
    if (!condition) throw new Error(`the simulated store does not know ${name}`);
    return condition(value, operand);
  });
}

const isConditions = (wanted: unknown): wanted is Readonly<Record<string, unknown>> =>
  typeof wanted === 'object' && wanted !== null && Object.keys(wanted)[0]?.startsWith('$') === true;

const isSame = (value: unknown, other: unknown): boolean =>
  value instanceof Types.ObjectId && other instanceof Types.ObjectId ? value.equals(other) : value === other;

const orderOf = (value: unknown): number => (value instanceof Date ? value.getTime() : Number(value));
