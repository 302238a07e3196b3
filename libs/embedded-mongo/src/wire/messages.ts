import { decode, decodeKeeping } from '../bson/decode.js';
import type { Doc } from '../bson/value.js';
import { crc32c } from './crc32c.js';
import { type Frame, ProtocolError } from './framing.js';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** Bits 0 to 15 have to be understood by whoever reads them; of the others, those that are not may be ignored. */
const REQUIRED_BITS = 0xffff;

/** A command as it came, in either kind of message. */
export interface Incoming {
  kind: 'message' | 'query';
  requestId: number;
  database: string;
  command: Doc;
  documents: Buffer[] | undefined;
  /** The client waits for no reply. */
  silent: boolean;
}

/** Reads a message. Throws ProtocolError if its frame is broken; errors of the BSON in it are the command's own. */
export function readMessage(frame: Frame): Incoming {
  if (frame.opCode === OP_MSG) return readMsg(frame);
  if (frame.opCode === OP_QUERY) return readQuery(frame);
  throw new ProtocolError(`operation ${frame.opCode} is not supported by the embedded server`);
}

function readMsg(frame: Frame): Incoming {
  const { body, requestId } = frame;
  if (body.length < 5) throw new ProtocolError('an OP_MSG without sections');
  const flags = body.readUInt32LE(0);
  if (flags & REQUIRED_BITS & ~(CHECKSUM_PRESENT | MORE_TO_COME)) throw new ProtocolError(`OP_MSG flags ${flags}`);
  const end = flags & CHECKSUM_PRESENT ? withoutChecksum(frame) : body.length;
  let command: Doc | undefined;
  let documents: Buffer[] | undefined;
  const sequences: [string, Buffer[]][] = [];
  for (let at = 4; at < end;) {
    const size = sizeAt(body, at + 1, end);
    const section = body.subarray(at + 1, at + 1 + size);
    if (body[at] === 0 && command === undefined)
      ({ doc: command, kept: documents } = decodeKeeping(section, 'documents'));
    else if (body[at] === 1) sequences.push(readSequence(section));
    else throw new ProtocolError(`OP_MSG section of kind ${body[at]}`);
    at += 1 + size;
  }
  if (command === undefined) throw new ProtocolError('an OP_MSG without a command');
  for (const [name, docs] of sequences) {
    if (name === 'documents') documents = docs;
    else
      command.set(
        name,
        docs.map((doc) => decode(doc)),
      );
  }
  const database = command.get('$db');
  if (typeof database !== 'string') throw new ProtocolError('an OP_MSG without $db');
  return { kind: 'message', requestId, database, command, documents, silent: (flags & MORE_TO_COME) !== 0 };
}

function sizeAt(body: Buffer, at: number, end: number): number {
  const size = at + 4 <= end ? body.readInt32LE(at) : 0;
  if (size < 5 || at + size > end) throw new ProtocolError(`section of ${size} bytes`);
  return size;
}

/** Kind 1: a name, then documents one behind the other. */
function readSequence(section: Buffer): [string, Buffer[]] {
  const zero = section.indexOf(0, 4);
  if (zero < 0) throw new ProtocolError('a section without a name');
  const docs: Buffer[] = [];
  for (let at = zero + 1; at < section.length;) {
    const size = sizeAt(section, at, section.length);
    docs.push(section.subarray(at, at + size));
    at += size;
  }
  return [section.toString('utf8', 4, zero), docs];
}

function withoutChecksum({ body, requestId }: Frame): number {
  const end = body.length - 4;
  if (end < 5) throw new ProtocolError('an OP_MSG without sections');
  const header = Buffer.alloc(16);
  header.writeInt32LE(body.length + 16, 0);
  header.writeInt32LE(requestId, 4);
  header.writeInt32LE(OP_MSG, 12);
  if (crc32c(header, body.subarray(0, end)) !== body.readUInt32LE(end)) throw new ProtocolError('wrong checksum');
  return end;
}

/** The old way to send a command, still used by drivers for their very first one. */
function readQuery({ body, requestId }: Frame): Incoming {
  const zero = body.indexOf(0, 4);
  const namespace = zero < 0 ? '' : body.toString('utf8', 4, zero);
  if (!namespace.endsWith('.$cmd') || body.length < zero + 14)
    throw new ProtocolError('an OP_QUERY that is no command');
  const at = zero + 9;
  const size = sizeAt(body, at, body.length);
  const command = decode(body.subarray(at, at + size));
  const inner = command.get('$query');
  return {
    kind: 'query',
    requestId,
    database: namespace.slice(0, -'.$cmd'.length),
    command: inner instanceof Map ? inner : command,
    documents: undefined,
    silent: false,
  };
}

/** Wraps a reply's document into the kind of message the command came in. */
export function writeReply(kind: Incoming['kind'], responseTo: number, requestId: number, doc: Buffer): Buffer {
  const head = kind === 'message' ? 16 + 5 : 16 + 20;
  const message = Buffer.alloc(head + doc.length);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(requestId, 4);
  message.writeInt32LE(responseTo, 8);
  message.writeInt32LE(kind === 'message' ? OP_MSG : OP_REPLY, 12);
  // OP_REPLY: flags 8 (AwaitCapable), cursor 0, from 0, one document. OP_MSG: no flags, one section of kind 0.
  if (kind === 'query') {
    message.writeInt32LE(8, 16);
    message.writeInt32LE(1, 32);
  }
  doc.copy(message, head);
  return message;
}
