/**
 * Bytes that are written one after the other into a buffer that grows and is used again. Who writes numbers into `bytes`
 * itself asks for `room` first, which may put a larger buffer in its place.
 */
export class WriteBuffer {
  bytes: Buffer;
  /** Where the next byte goes; 0 begins anew. */
  at = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  /** What was written so far, as bytes of its own. */
  copy(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.at));
  }

  /** Makes sure that this many bytes fit. */
  room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + bytes));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  writeByte(byte: number): void {
    this.room(1);
    this.bytes[this.at] = byte;
    this.at += 1;
  }

  writeBytes(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** The text in UTF-8, without an end. */
  writeText(text: string): void {
    this.room(text.length * 3);
    this.at += this.bytes.write(text, this.at, 'utf8');
  }
}
