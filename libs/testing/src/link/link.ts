import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { freePort } from '@roost/local-cluster';
import { Passage } from './passage.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A TCP connection between two parts, with the troubles that a network can have. */
export interface Link {
  readonly port: number;
  /** Breaks every connection and refuses new ones, as a stopped server does. */
  cut(): Promise<void>;
  /** Takes connections again, on the same port. */
  mend(): Promise<void>;
  /** Breaks every connection; new ones are taken. */
  drop(): void;
  /**
   * Swallows from now on what the connections carry, their end included: neither side is told. New connections work, as
   * where a router has forgotten the old ones, or are swallowed as well, as where the network is torn.
   */
  halfOpen(options?: { newToo?: boolean }): void;
  /** Ends `halfOpen`. Connections that lost bytes are broken, as by a peer that knows nothing of them any more. */
  heal(): void;
  /** From now on everything arrives this much later, in order; `answersOnly`: to whoever connected. 0 ends it. */
  slow(delayMs: number, options?: { answersOnly?: boolean }): void;
  /** From now on each connection carries so many bytes a second in each direction. 0 ends it. */
  throttle(bytesPerS: number): void;
  /** Bytes that were carried to whoever connected. */
  readonly carriedBytes: number;
  /** Leads new connections somewhere else. */
  aim(target: Address): void;
}

/** Listens on a port of 127.0.0.1 and passes everything on. */
export async function startLink(target: Address): Promise<Link> {
  const link = new TcpLink(await freePort(), target);
  await link.mend();
  return link;
}

class TcpLink implements Link {
  delayMs = 0;
  answerDelayMs = 0;
  bytesPerS = 0;
  carriedBytes = 0;
  private swallowsNew = false;
  private server: Server | undefined;
  private readonly passages = new Set<Passage>();

  constructor(
    readonly port: number,
    private target: Address,
  ) {}

  async mend(): Promise<void> {
    if (this.server) return;
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.accept(socket));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
  }

  async cut(): Promise<void> {
    const closing = this.server;
    this.server = undefined;
    if (!closing) return;
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()));
    for (const passage of this.passages) passage.reset({ evenHalfOpen: true });
    await closed;
  }

  drop(): void {
    for (const passage of this.passages) passage.reset();
  }

  halfOpen({ newToo = false }: { newToo?: boolean } = {}): void {
    this.swallowsNew = newToo;
    for (const passage of this.passages) passage.isHalfOpen = true;
  }

  heal(): void {
    this.swallowsNew = false;
    for (const passage of this.passages) if (passage.isHalfOpen) passage.reset({ evenHalfOpen: true });
  }

  slow(delayMs: number, { answersOnly = false }: { answersOnly?: boolean } = {}): void {
    this.answerDelayMs = delayMs;
    if (!answersOnly) this.delayMs = delayMs;
  }

  throttle(bytesPerS: number): void {
    this.bytesPerS = bytesPerS;
  }

  aim(target: Address): void {
    this.target = target;
  }

  private accept(socket: Socket): void {
    const { host, port } = this.target;
    const other = connect({ host, port, noDelay: true, allowHalfOpen: true });
    const passage = new Passage([socket, other], this, (gone) => this.passages.delete(gone));
    passage.isHalfOpen = this.swallowsNew;
    this.passages.add(passage);
  }
}
