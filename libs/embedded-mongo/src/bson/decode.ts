import { Binary, BSONRegExp, Code, Decimal128, Double, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { CommandError, notSupported } from '../errors.js';
import type { Doc, Value } from './value.js';

/** MongoDB's own limit; it also keeps the recursion below from overflowing the stack. */
const MAX_DEPTH = 200;
/** The largest time a JavaScript Date can hold, in ms on either side of 1970. */
const MAX_DATE_MS = 8_640_000_000_000_000n;

const broken = (what: string): CommandError => new CommandError('BadValue', `invalid BSON: ${what}`);

/** Reads one document from `bytes[start, end)`. Throws BadValue on broken bytes and on BSON's deprecated types. */
export function decode(bytes: Buffer, start = 0, end = bytes.length): Doc {
  const reader = new Reader(bytes, start, end);
  const doc = reader.document(1);
  if (reader.at !== end) throw broken('bytes after the end of the document');
  return doc;
}

/** As `decode`, but the elements of the top-level array `field` stay bytes: documents to be stored as they came. */
export function decodeKeeping(bytes: Buffer, field: string): { doc: Doc; kept: Buffer[] | undefined } {
  const reader = new Reader(bytes, 0, bytes.length);
  const doc: Doc = new Map();
  let kept: Buffer[] | undefined;
  reader.fields((type, name) => {
    if (name === field && type === 4) kept = reader.rawElements();
    else doc.set(name, reader.value(type, 1));
  });
  return { doc, kept };
}

/** Where each top-level element of a document lies, without decoding its value. */
export function elementsOf(bytes: Buffer): { name: string; start: number; end: number }[] {
  const reader = new Reader(bytes, 0, bytes.length);
  const found: { name: string; start: number; end: number }[] = [];
  let start = 4;
  reader.fields((type, name) => {
    reader.value(type, 1);
    found.push({ name, start, end: reader.at });
    start = reader.at;
  });
  return found;
}

class Reader {
  constructor(
    private readonly bytes: Buffer,
    public at: number,
    private readonly end: number,
  ) {}

  document(depth: number): Doc {
    const doc: Doc = new Map();
    let fields = 0;
    this.fields((type, name) => {
      fields += 1;
      doc.set(name, this.value(type, depth));
    });
    if (doc.size !== fields) throw broken('a field name occurs twice');
    return doc;
  }

  /** Calls `visit` at the value of each element; `visit` must move past it. */
  fields(visit: (type: number, name: string) => void): void {
    const size = this.int32();
    const last = this.at - 4 + size - 1;
    if (size < 5 || last >= this.end || this.bytes[last] !== 0) throw broken('document length');
    while (this.at < last) {
      const type = this.bytes[this.at]!;
      this.at += 1;
      visit(type, this.cstring());
    }
    if (this.at !== last) throw broken('an element crosses the end of its document');
    this.at += 1;
  }

  rawElements(): Buffer[] {
    const found: Buffer[] = [];
    this.fields((type) => {
      if (type !== 3) throw new CommandError('TypeMismatch', 'an element of the list is not a document');
      const size = this.peekSize(5);
      found.push(this.take(size));
    });
    return found;
  }

  value(type: number, depth: number): Value {
    switch (type) {
      case 0x01:
        return new Double(this.take(8).readDoubleLE(0));
      case 0x02:
        return this.string();
      case 0x03:
        return this.document(this.deeper(depth));
      case 0x04:
        return this.array(this.deeper(depth));
      case 0x05:
        return this.binary();
      case 0x07:
        return new ObjectId(new Uint8Array(this.take(12)));
      case 0x08:
        return this.take(1)[0] !== 0;
      case 0x09:
        return this.date();
      case 0x0a:
        return null;
      case 0x0b:
        return this.regex();
      case 0x0d:
        return new Code(this.string());
      case 0x10:
        return this.int32();
      case 0x11:
        return new Timestamp(this.take(8).readBigUInt64LE(0));
      case 0x12:
        return this.take(8).readBigInt64LE(0);
      case 0x13:
        return new Decimal128(new Uint8Array(this.take(16)));
      case 0x7f:
        return new MaxKey();
      case 0xff:
        return new MinKey();
      default:
        throw notSupported(`BSON type 0x${type.toString(16).padStart(2, '0')}`);
    }
  }

  private deeper(depth: number): number {
    if (depth >= MAX_DEPTH) throw new CommandError('Overflow', `documents nest deeper than ${MAX_DEPTH} levels`);
    return depth + 1;
  }

  private array(depth: number): Value[] {
    const values: Value[] = [];
    this.fields((type) => values.push(this.value(type, depth)));
    return values;
  }

  private date(): Date {
    const ms = this.take(8).readBigInt64LE(0);
    if (ms > MAX_DATE_MS || ms < -MAX_DATE_MS) throw notSupported('a date beyond the year 275760');
    return new Date(Number(ms));
  }

  private string(): string {
    const size = this.int32();
    if (size < 1 || this.at + size > this.end || this.bytes[this.at + size - 1] !== 0) throw broken('string length');
    const text = this.bytes.toString('utf8', this.at, this.at + size - 1);
    this.at += size;
    return text;
  }

  private binary(): Binary {
    const size = this.int32();
    const subtype = this.take(1)[0]!;
    if (size < 0) throw broken('binary length');
    return new Binary(new Uint8Array(this.take(size)), subtype);
  }

  private regex(): BSONRegExp {
    const [pattern, options] = [this.cstring(), this.cstring()];
    if (!/^[imsuxl]*$/.test(options)) throw broken(`regular expression options ${options}`);
    return new BSONRegExp(pattern, options);
  }

  private cstring(): string {
    const zero = this.bytes.indexOf(0, this.at);
    if (zero < 0 || zero >= this.end) throw broken('a name without an end');
    const text = this.bytes.toString('utf8', this.at, zero);
    this.at = zero + 1;
    return text;
  }

  private int32(): number {
    if (this.at + 4 > this.end) throw broken('cut short');
    const value = this.bytes.readInt32LE(this.at);
    this.at += 4;
    return value;
  }

  private peekSize(least: number): number {
    const size = this.int32();
    this.at -= 4;
    if (size < least) throw broken('document length');
    return size;
  }

  private take(size: number): Buffer {
    if (this.at + size > this.end) throw broken('cut short');
    const slice = this.bytes.subarray(this.at, this.at + size);
    this.at += size;
    return slice;
  }
}
