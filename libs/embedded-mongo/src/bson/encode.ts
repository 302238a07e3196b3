import {
  type Binary,
  type BSONRegExp,
  type Code,
  type Decimal128,
  type Double,
  type ObjectId,
  type Timestamp,
} from 'bson';
import type { Value } from './value.js';

/** A document that is already BSON and goes into a reply as it is. */
export class Raw {
  constructor(readonly bytes: Uint8Array) {}
}

/** What replies are made of: plain objects for convenience, and everything that documents are made of. */
export type ReplyValue = Value | Raw | ReplyValue[] | { [name: string]: ReplyValue | undefined };

let buffer = Buffer.allocUnsafe(1 << 16);
let at = 0;

/**
 * Writes a document. An integral `number` within 32 bits becomes an int32, any other `number` a double; `undefined` is
 * left out. Returns bytes of its own.
 */
export function encode(doc: ReplyValue): Buffer {
  at = 0;
  writeDocument(doc);
  return Buffer.from(buffer.subarray(0, at));
}

function writeDocument(doc: ReplyValue): void {
  if (doc instanceof Raw) return writeBytes(doc.bytes);
  const start = at;
  room(4);
  at += 4;
  if (doc instanceof Map) for (const [name, value] of doc) writeElement(name, value);
  else if (Array.isArray(doc)) doc.forEach((value, index) => writeElement(String(index), value));
  else for (const [name, value] of Object.entries(doc as object)) writeElement(name, value as ReplyValue | undefined);
  writeByte(0);
  buffer.writeInt32LE(at - start, start);
}

function writeElement(name: string, value: ReplyValue | undefined): void {
  if (value === undefined) return;
  const typeAt = at;
  writeByte(0);
  writeCString(name);
  // In two steps: writing the value may put another buffer in the place of this one.
  const type = writeValue(value);
  buffer[typeAt] = type;
}

/** Writes the value and returns its BSON type. */
function writeValue(value: ReplyValue): number {
  if (typeof value === 'string') {
    writeString(value);
    return 0x02;
  }
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'bigint') {
    writeInt64(value);
    return 0x12;
  }
  if (typeof value === 'boolean') {
    writeByte(value ? 1 : 0);
    return 0x08;
  }
  return writeObject(value);
}

function writeNumber(value: number): number {
  if (Object.is(value | 0, value)) {
    writeInt32(value);
    return 0x10;
  }
  writeDouble(value);
  return 0x01;
}

function writeObject(value: ReplyValue): number {
  if (value === null) return 0x0a;
  if (Array.isArray(value)) {
    writeDocument(value);
    return 0x04;
  }
  if (value instanceof Map || value instanceof Raw) {
    writeDocument(value);
    return 0x03;
  }
  if (value instanceof Date) {
    writeInt64(BigInt(value.getTime()));
    return 0x09;
  }
  return writeClass(value as { _bsontype?: string });
}

function writeClass(value: { _bsontype?: string }): number {
  switch (value._bsontype) {
    case 'ObjectId':
      writeBytes((value as unknown as ObjectId).id);
      return 0x07;
    case 'Double':
      writeDouble((value as unknown as Double).value);
      return 0x01;
    case 'Binary':
      return writeBinary(value as unknown as Binary);
    case 'Timestamp':
      writeInt64(BigInt.asIntN(64, (value as unknown as Timestamp).toBigInt()));
      return 0x11;
    case 'BSONRegExp':
      writeCString((value as unknown as BSONRegExp).pattern);
      writeCString((value as unknown as BSONRegExp).options);
      return 0x0b;
    case 'Decimal128':
      writeBytes((value as unknown as Decimal128).bytes);
      return 0x13;
    case 'Code':
      writeString((value as unknown as Code).code);
      return 0x0d;
    case 'MinKey':
      return 0xff;
    case 'MaxKey':
      return 0x7f;
    case undefined:
      writeDocument(value);
      return 0x03;
    default:
      throw new TypeError(`no BSON type for ${value._bsontype}`);
  }
}

function writeBinary(value: Binary): number {
  const bytes = value.buffer.subarray(0, value.position);
  writeInt32(bytes.length);
  writeByte(value.sub_type);
  writeBytes(bytes);
  return 0x05;
}

function room(bytes: number): void {
  if (at + bytes <= buffer.length) return;
  const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + bytes));
  buffer.copy(larger, 0, 0, at);
  buffer = larger;
}

function writeByte(byte: number): void {
  room(1);
  buffer[at] = byte;
  at += 1;
}

function writeInt32(value: number): void {
  room(4);
  buffer.writeInt32LE(value, at);
  at += 4;
}

function writeInt64(value: bigint): void {
  room(8);
  buffer.writeBigInt64LE(value, at);
  at += 8;
}

function writeDouble(value: number): void {
  room(8);
  buffer.writeDoubleLE(value, at);
  at += 8;
}

function writeBytes(bytes: Uint8Array): void {
  room(bytes.length);
  buffer.set(bytes, at);
  at += bytes.length;
}

function writeCString(text: string): void {
  room(text.length * 3 + 1);
  at += buffer.write(text, at, 'utf8');
  writeByte(0);
}

function writeString(text: string): void {
  const sizeAt = at;
  room(4);
  at += 4;
  writeCString(text);
  buffer.writeInt32LE(at - sizeAt - 4, sizeAt);
}
