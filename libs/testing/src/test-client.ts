import { RoostClient } from '@roost/client';
import type { RoostClientOptions, SendOptions, SessionReady } from '@roost/client';
import { ChatError, facts } from '@roost/contract';
import type { CommandName, FactName, FactOf, Message, Refusal, ReplyOf, RequestInput } from '@roost/contract';
import { checkFact, checkRefusal, checkRefusalOf, checkReply } from './checks.js';
import type { EventsDocument } from './events-document.js';
import { FactLog } from './fact-log.js';

/** Sends something that this client is sure to get after everything that was sent before; see `Markers`. */
export type Mark = (client: TestClient) => Promise<void>;

/** The SDK with a memory: every fact is kept, and everything the server says is checked against the contract and its own document. */
export class TestClient {
  private readonly facts = new FactLog();
  private readonly violations: unknown[] = [];

  private constructor(
    readonly sdk: RoostClient,
    private readonly mark: Mark,
    private readonly document: EventsDocument,
  ) {
    for (const fact of Object.keys(facts) as FactName[]) sdk.on(fact, (payload) => this.hear(fact, payload));
  }

  /** Connects; rejects where the handshake is refused. */
  static async connect(options: RoostClientOptions, mark: Mark, document: EventsDocument): Promise<TestClient> {
    const client = new TestClient(new RoostClient(options), mark, document);
    await client.sdk.connect();
    return client;
  }

  /** What the present connection began with: who, and on which replica. */
  get session(): SessionReady {
    const { session, state } = this.sdk;
    if (!session) throw new Error(`the client is ${state.name}`);
    return session;
  }

  get userId(): string {
    return this.session.userId;
  }

  /** A command that is expected to succeed; rejects with its refusal where it is refused. */
  async command<K extends CommandName>(name: K, request: RequestInput<K>): Promise<ReplyOf<K>> {
    const reply = await this.sdk.command(name, request).catch((error: unknown) => {
      if (error instanceof ChatError) this.checkRefusal(name, error.toRefusal());
      throw error;
    });
    this.checkReply(name, reply);
    return reply;
  }

  /** A command that is expected to be refused. */
  async refused<K extends CommandName>(name: K, request: RequestInput<K>): Promise<Refusal> {
    try {
      await this.command(name, request);
    } catch (error) {
      if (error instanceof ChatError) return error.toRefusal();
      throw error;
    }
    throw new Error(`${name} was not refused`);
  }

  /** Sends a message and gives it as stored. */
  async send(chatId: string, text: string, options: SendOptions = {}): Promise<Message> {
    const reply = await this.sdk.send(chatId, text, options);
    // The outbox gives what the acknowledgement says, not always the acknowledgement itself.
    this.checkReply('message:send', { ...reply, success: true });
    return reply.message;
  }

  /** The earliest such fact that was not given out yet, also one that has come already. */
  next<F extends FactName>(fact: F, matches?: (payload: FactOf<F>) => boolean, waitMs?: number): Promise<FactOf<F>> {
    return this.facts.next(fact, matches, waitMs);
  }

  /** Every such fact so far. */
  received<F extends FactName>(fact: F, matches?: (payload: FactOf<F>) => boolean): FactOf<F>[] {
    return this.facts.received(fact, matches);
  }

  /** Resolves when everything that any replica has sent to this socket until now has arrived. */
  settled(): Promise<void> {
    return this.mark(this);
  }

  /** Every such fact that `matches`, once all that was sent until now has arrived. */
  async all<F extends FactName>(fact: F, matches: (payload: FactOf<F>) => boolean): Promise<FactOf<F>[]> {
    await this.settled();
    return this.received(fact, matches);
  }

  /** Fails where such a fact that `matches` has come, or is on its way. */
  async silence<F extends FactName>(fact: F, matches: (payload: FactOf<F>) => boolean): Promise<void> {
    const heard = await this.all(fact, matches);
    if (heard.length > 0) throw new Error(`no ${fact} was to come, but this did: ${JSON.stringify(heard)}`);
  }

  /** Disconnects. Throws where the server broke the contract, once. */
  close(): void {
    this.sdk.close();
    const violations = this.violations.splice(0);
    if (violations.length > 0) throw new AggregateError(violations, violations.join('\n'));
  }

  private checkReply(command: CommandName, reply: unknown): void {
    checkReply(command, reply);
    this.document.checkReply(command, reply);
  }

  private checkRefusal(command: CommandName, answer: unknown): void {
    this.document.checkRefusal(answer);
    checkRefusalOf(command, checkRefusal(answer));
  }

  private hear(fact: FactName, payload: FactOf<FactName>): void {
    try {
      checkFact(fact, payload);
      this.document.checkFact(fact, payload);
    } catch (error) {
      this.violations.push(error);
    }
    this.facts.add(fact, payload);
  }
}
