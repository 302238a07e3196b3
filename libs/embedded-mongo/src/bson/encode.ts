import {
  type Binary,
  type BSONRegExp,
  type Code,
  type Decimal128,
  type Double,
  type ObjectId,
  type Timestamp,
} from 'bson';
import { WriteBuffer } from '../write-buffer.js';
import type { Value } from './value.js';

/** A document that is already BSON and goes into a reply as it is. */
export class Raw {
  constructor(readonly bytes: Uint8Array) {}
}

/** What replies are made of: plain objects for convenience, and everything that documents are made of. */
export type ReplyValue = Value | Raw | ReplyValue[] | { [name: string]: ReplyValue | undefined };

const out = new WriteBuffer(1 << 16);

/**
 * Writes a document. An integral `number` within 32 bits becomes an int32, any other `number` a double; `undefined` is
 * left out. Returns bytes of its own.
 */
export function encode(doc: ReplyValue): Buffer {
  out.at = 0;
  writeDocument(doc);
  return out.copy();
}

function writeDocument(doc: ReplyValue): void {
  if (doc instanceof Raw) return out.writeBytes(doc.bytes);
  const start = out.at;
  out.room(4);
  out.at += 4;
  if (doc instanceof Map) for (const [name, value] of doc) writeElement(name, value);
  else if (Array.isArray(doc)) doc.forEach((value, index) => writeElement(String(index), value));
  else for (const [name, value] of Object.entries(doc as object)) writeElement(name, value as ReplyValue | undefined);
  out.writeByte(0);
  out.bytes.writeInt32LE(out.at - start, start);
}

function writeElement(name: string, value: ReplyValue | undefined): void {
  if (value === undefined) return;
  const typeAt = out.at;
  out.writeByte(0);
  writeCString(name);
  // In two steps: writing the value may put another buffer in the place of this one.
  const type = writeValue(value);
  out.bytes[typeAt] = type;
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
    out.writeByte(value ? 1 : 0);
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
      out.writeBytes((value as unknown as ObjectId).id);
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
      out.writeBytes((value as unknown as Decimal128).bytes);
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
  out.writeByte(value.sub_type);
  out.writeBytes(bytes);
  return 0x05;
}

function writeInt32(value: number): void {
  out.room(4);
  out.bytes.writeInt32LE(value, out.at);
  out.at += 4;
}

function writeInt64(value: bigint): void {
  out.room(8);
  out.bytes.writeBigInt64LE(value, out.at);
  out.at += 8;
}

function writeDouble(value: number): void {
  out.room(8);
  out.bytes.writeDoubleLE(value, out.at);
  out.at += 8;
}

function writeCString(text: string): void {
  out.writeText(text);
  out.writeByte(0);
}

function writeString(text: string): void {
  const sizeAt = out.at;
  out.room(4);
  out.at += 4;
  writeCString(text);
  out.bytes.writeInt32LE(out.at - sizeAt - 4, sizeAt);
}
