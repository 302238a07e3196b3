import type { ChatServer } from '../../kernel/chat-socket.js';
import { decodeBy } from '../engine.js';
import type { DecodedPacket } from '../engine.js';
import { metrics } from '../metrics.js';

/** Stands for the payload of a command that is too large to be looked at. */
export class TooLarge {
  constructor(readonly bytes: number) {}
}

/** An event's packet up to the end of its name: the namespace, the number of the answer, the name as JSON. */
const eventHead = /^2(?:(\/[^,]{0,100}),)?(\d{1,15})?\[("(?:[^"\\]|\\.){0,200}")[,\]]/;
const headChars = 400;

/** Reading a frame as JSON costs the more the larger it is: of one above the limit only the beginning is looked at, so that it can be answered. */
export function answerLargeFrames(server: ChatServer, maxFrameBytes: number): void {
  decodeBy(server, (text, decode) => {
    // What Engine.IO put before it is a byte.
    const bytes = sizeAbove(text, maxFrameBytes - 1);
    if (bytes === undefined) return decode(text);
    metrics.tooLargeFrameBytes.observe({ outcome: 'answered' }, bytes);
    return withoutPayload(text, bytes);
  });
}

/** What a text weighs in UTF-8 where that is more than so many bytes. */
function sizeAbove(text: string, max: number): number | undefined {
  if (text.length * 3 <= max) return undefined;
  const bytes = Buffer.byteLength(text);
  return bytes > max ? bytes : undefined;
}

/** @throws Error for what is no event, or one without a name that can be read: nobody can be answered */
function withoutPayload(text: string, bytes: number): DecodedPacket {
  const [, namespace = '/', id, name] = eventHead.exec(text.slice(0, headChars)) ?? [];
  if (name === undefined) throw new Error('too large, and no event');
  const packet = { type: eventType, nsp: namespace, data: [JSON.parse(name) as string, new TooLarge(bytes)] };
  return id === undefined ? packet : { ...packet, id: Number(id) };
}

/** Of Socket.IO's packets. */
const eventType = 2;
