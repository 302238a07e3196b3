import type { Binary, BSONRegExp, Code, ObjectId, Timestamp } from 'bson';
import { comparable } from '../bson/compare.js';
import { type BsonNumber, type Doc, EMPTY_ARRAY_RANK, rankOf, typeName, type Value } from '../bson/value.js';
import { WriteBuffer } from '../write-buffer.js';

/** A value of an index entry: a BSON value, missing, or the mark of an empty array. */
export type KeyValue = Value | undefined | typeof EMPTY_ARRAY;
export const EMPTY_ARRAY = Symbol('empty array');

export type Direction = 1 | -1;

const out = new WriteBuffer(4096);

/**
 * Encodes values so that comparing the bytes compares the values as `compare` does. No encoding is the beginning of
 * another one (strings are escaped and ended, numbers have fixed sizes), therefore encodings may be put one behind the
 * other, and all keys that begin with a value are the keys with these bytes in front: see `after`.
 * A descending field has all its bytes inverted.
 */
export function encodeKey(values: readonly KeyValue[], directions: readonly Direction[]): Buffer {
  out.at = 0;
  values.forEach((value, field) => {
    const start = out.at;
    writeValue(value);
    if (directions[field] === -1) invert(start);
  });
  return out.copy();
}

/** The least byte string that is greater than everything beginning with `prefix`. */
export function after(prefix: Buffer): Buffer {
  let last = prefix.length - 1;
  while (prefix[last] === 0xff) last -= 1;
  const next = Buffer.from(prefix.subarray(0, last + 1));
  next[last]! += 1;
  return next;
}

/** A non-unique index makes its keys distinct by the row's number behind them: 6 bytes, big-endian. */
export function withRow(key: Buffer, row: number): Buffer {
  const whole = Buffer.allocUnsafe(key.length + 6);
  key.copy(whole);
  whole.writeUIntBE(row, key.length, 6);
  return whole;
}

function writeValue(value: KeyValue): void {
  if (value === EMPTY_ARRAY) return out.writeByte(EMPTY_ARRAY_RANK);
  out.writeByte(rankOf(value));
  if (value === undefined || value === null) return;
  switch (typeName(value)) {
    case 'int':
    case 'long':
    case 'double':
    case 'decimal':
      return writeNumber(value as BsonNumber);
    case 'string':
      return writeString(value as string);
    case 'object':
      return writeObject(value as Doc);
    case 'array':
      (value as Value[]).forEach(writeValue);
      return out.writeByte(0);
    case 'binData':
      return writeBinary(value as Binary);
    case 'objectId':
      return out.writeBytes((value as ObjectId).id);
    case 'bool':
      return out.writeByte(value === true ? 1 : 0);
    case 'date':
      return writeUint64(BigInt((value as Date).getTime()) + 2n ** 63n);
    case 'timestamp':
      return writeUint64((value as Timestamp).toBigInt());
    case 'regex':
      writeString((value as BSONRegExp).pattern);
      return writeString((value as BSONRegExp).options);
    case 'javascript':
      return writeString((value as Code).code);
    case 'null':
    case 'minKey':
    case 'maxKey':
      return;
  }
}

/**
 * The double at or below the number, its bits turned so that they order as unsigned bytes, then what a long has beyond
 * that double (doubles near 2^63 are 1024 apart): 0, or 1 and the difference.
 */
function writeNumber(number: BsonNumber): void {
  const value = comparable(number);
  if (typeof value === 'number') {
    writeDouble(value);
    return out.writeByte(0);
  }
  let below = Number(value);
  if (BigInt(below) > value) below = nextBelow(below);
  writeDouble(below);
  const beyond = Number(value - BigInt(below));
  if (beyond === 0) return out.writeByte(0);
  out.writeByte(1);
  out.writeByte(beyond >> 8);
  out.writeByte(beyond & 0xff);
}

function writeDouble(value: number): void {
  out.room(8);
  const { bytes, at } = out;
  out.at += 8;
  if (Number.isNaN(value)) bytes.fill(0, at, at + 8);
  else {
    bytes.writeDoubleBE(value === 0 ? 0 : value, at);
    if (value < 0) invert(at);
    else bytes[at]! |= 0x80;
  }
}

const bits = new DataView(new ArrayBuffer(8));
function nextBelow(value: number): number {
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? -1n : 1n));
  return bits.getFloat64(0);
}

/** A NUL inside is escaped as 00 ff, the end is 00 00, so "a" < "a\0" < "ab" holds for the bytes too. */
function writeString(text: string): void {
  const start = out.at;
  out.writeText(text);
  if (text.includes('\0')) escapeNuls(start);
  out.writeByte(0);
  out.writeByte(0);
}

function escapeNuls(start: number): void {
  const plain = Buffer.from(out.bytes.subarray(start, out.at));
  out.at = start;
  for (const byte of plain) {
    out.writeByte(byte);
    if (byte === 0) out.writeByte(0xff);
  }
}

/** Field by field: type, name, value; a shorter object that is the beginning of a longer one comes first. */
function writeObject(doc: Doc): void {
  for (const [name, value] of doc) {
    out.writeByte(rankOf(value));
    out.writeText(name);
    out.writeByte(0);
    writeValue(value);
  }
  out.writeByte(0);
}

function writeBinary(value: Binary): void {
  out.room(5 + value.position);
  out.at = out.bytes.writeUInt32BE(value.position, out.at);
  out.writeByte(value.sub_type);
  out.writeBytes(value.buffer.subarray(0, value.position));
}

function writeUint64(value: bigint): void {
  out.room(8);
  out.at = out.bytes.writeBigUInt64BE(BigInt.asUintN(64, value), out.at);
}

function invert(start: number): void {
  const { bytes, at } = out;
  for (let i = start; i < at; i += 1) bytes[i] = ~bytes[i]!;
}
