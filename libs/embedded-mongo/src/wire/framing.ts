/** The largest message MongoDB accepts, from the driver's point of view: what `hello` promises. */
export const MAX_MESSAGE_BYTES = 48_000_000;
const HEADER_BYTES = 16;

/** A message that cannot be understood: the connection is closed, since nothing behind it can be trusted. */
export class ProtocolError extends Error {}

export interface Frame {
  requestId: number;
  opCode: number;
  body: Buffer;
}

/** Cuts a stream of bytes into messages. Keeps parts as they come, so a slow sender costs no more than it has sent. */
export class Framer {
  private parts: Buffer[] = [];
  private held = 0;
  private wanted = HEADER_BYTES;

  /** The messages that are complete with these bytes. Throws ProtocolError at a length that cannot be. */
  push(bytes: Buffer): Frame[] {
    this.parts.push(bytes);
    this.held += bytes.length;
    const frames: Frame[] = [];
    while (this.held >= this.wanted) {
      const whole = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts, this.held);
      this.parts = [whole];
      const length = whole.readInt32LE(0);
      if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) throw new ProtocolError(`message length ${length}`);
      this.wanted = length;
      if (whole.length < length) break;
      frames.push({
        requestId: whole.readInt32LE(4),
        opCode: whole.readInt32LE(12),
        body: whole.subarray(HEADER_BYTES, length),
      });
      this.parts = [whole.subarray(length)];
      this.held -= length;
      this.wanted = HEADER_BYTES;
    }
    return frames;
  }
}
