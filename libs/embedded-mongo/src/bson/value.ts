import type { Binary, BSONRegExp, Code, Decimal128, Double, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';

/** A document: a Map, because a plain object would reorder names like "7" and confuse names like "constructor". */
export type Doc = Map<string, Value>;

/**
 * A BSON value, each BSON type as exactly one JavaScript type, so that writing back what was read gives the same bytes:
 * int32 is `number`, int64 is `bigint`, double is `Double`. `undefined` never occurs and so can mean "missing".
 */
export type Value =
  | Doc
  | Value[]
  | string
  | number
  | bigint
  | boolean
  | null
  | Double
  | Date
  | ObjectId
  | Binary
  | Timestamp
  | BSONRegExp
  | Decimal128
  | Code
  | MinKey
  | MaxKey;

export type BsonNumber = number | bigint | Double;

export const isDoc = (value: unknown): value is Doc => value instanceof Map;

type BsonClassName =
  'Double' | 'ObjectId' | 'Binary' | 'Timestamp' | 'BSONRegExp' | 'Decimal128' | 'Code' | 'MinKey' | 'MaxKey';

/** The names of the types, as `$type` and error messages use them. */
export type TypeName =
  | 'minKey'
  | 'null'
  | 'int'
  | 'long'
  | 'double'
  | 'decimal'
  | 'string'
  | 'object'
  | 'array'
  | 'binData'
  | 'objectId'
  | 'bool'
  | 'date'
  | 'timestamp'
  | 'regex'
  | 'javascript'
  | 'maxKey';

const classTypes: Record<BsonClassName, TypeName> = {
  Double: 'double',
  ObjectId: 'objectId',
  Binary: 'binData',
  Timestamp: 'timestamp',
  BSONRegExp: 'regex',
  Decimal128: 'decimal',
  Code: 'javascript',
  MinKey: 'minKey',
  MaxKey: 'maxKey',
};

export function typeName(value: Value): TypeName {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'int';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'long';
  if (value === null) return 'null';
  if (value instanceof Map) return 'object';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  return classTypes[(value as { _bsontype: BsonClassName })._bsontype];
}

/** MongoDB's order between types; also the first byte of a value in an index key, so none is 0x00 or 0xff. */
export const typeRank: Record<TypeName, number> = {
  minKey: 0x08,
  null: 0x10,
  int: 0x20,
  long: 0x20,
  double: 0x20,
  decimal: 0x20,
  string: 0x30,
  object: 0x38,
  array: 0x40,
  binData: 0x48,
  objectId: 0x50,
  bool: 0x58,
  date: 0x60,
  timestamp: 0x68,
  regex: 0x70,
  javascript: 0x78,
  maxKey: 0xf0,
};

/** The rank of an empty array inside an index key: below null, as in MongoDB. */
export const EMPTY_ARRAY_RANK = 0x0c;

export const rankOf = (value: Value | undefined): number => typeRank[value === undefined ? 'null' : typeName(value)];

export function isNumber(value: Value | undefined): value is BsonNumber {
  return typeof value === 'number' || typeof value === 'bigint' || isDouble(value);
}

export const isDouble = (value: Value | undefined): value is Double =>
  typeof value === 'object' && value !== null && (value as { _bsontype?: string })._bsontype === 'Double';

/** As a plain number; a long beyond 2^53 loses precision, so this is for options and arithmetic on doubles only. */
export function toNumber(value: BsonNumber): number {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' ? Number(value) : value.value;
}

/** What asks for nothing beyond what is so anyway, though the field is one that this server does not do. */
export const saysNo = (value: Value): boolean =>
  value === false ||
  value === null ||
  (isDoc(value) && (value.size === 0 || isSimpleCollation(value))) ||
  (isDouble(value) && value.value === 0);

/** Comparing byte by byte, by name: tools write it out where a collection had another. */
const isSimpleCollation = (doc: Doc): boolean => doc.size === 1 && doc.get('locale') === 'simple';
