import { Inject, Injectable } from '@nestjs/common';
import { check, ChatError, commands, hints } from '@roost/contract';
import type { CommandName, HintName, Refusal } from '@roost/contract';
import { newCorrelationId, runInContext } from '@roost/observability';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import { guardedListener } from '../../kernel/boundary.js';
import { Faults } from '../../kernel/faults.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { closeSocket } from '../../sockets/close-socket.js';
import type { ChatSocket } from '../../kernel/chat-socket.js';
import { requireTaken } from '../../sockets/life/slow-readers.js';
import { briefed } from './brief-answer.js';
import { extraOfCommand } from '../costs.js';
import { CommandLimits } from '../../sockets/limits/command-limits.js';
import type { Spending } from '../../sockets/limits/command-limits.js';
import { TooLarge } from '../../sockets/limits/large-frames.js';
import { RefusalCount } from '../../sockets/limits/refusal-count.js';
import { countCommand, countHint, countRefusal } from '../metrics.js';

/** Takes the refusal of a command; the dispatcher passes it to handlers for their error filter. */
export type Answer = (refusal: Refusal) => void;

/** A handler as Nest binds it to a socket. Gives undefined where its error filter has answered. */
export type BoundHandler = (request: unknown, answer: Answer) => unknown;

/** As Socket.IO reads it from the wire: a client may send a number for a name, or an event that is nothing at all. */
type EventName = string | number | undefined;

interface Connection {
  readonly handlers: Map<string, BoundHandler>;
  /** Commands that are not answered yet. */
  inFlight: number;
  readonly refusals: RefusalCount;
  /** Too many of its commands were refused and it is being closed: whatever it still sends is dropped. */
  isFlooding: boolean;
}

/**
 * Every event of a socket comes through here: looked up, checked against the contract, run, and, where it is no hint, answered exactly
 * once, whatever happens. A socket that sends too much that has to be refused is closed.
 */
@Injectable()
export class CommandDispatcher {
  private readonly connections = new WeakMap<ChatSocket, Connection>();

  constructor(
    private readonly faults: Faults,
    private readonly logger: PinoLogger,
    private readonly limits: CommandLimits,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Adds the handlers of one gateway to a socket. */
  bind(socket: ChatSocket, handlers: Iterable<readonly [string, BoundHandler]>): void {
    let connection = this.connections.get(socket);
    if (!connection) {
      const max = this.settings.refusalsPer10sMax;
      connection = { handlers: new Map(), inFlight: 0, refusals: new RefusalCount(max), isFlooding: false };
      this.connections.set(socket, connection);
      const opened = connection;
      const dispatch = (event: EventName, ...args: unknown[]) => this.dispatch(socket, opened, event, args);
      socket.onAny(guardedListener('socket', dispatch));
    }
    for (const [event, handler] of handlers) connection.handlers.set(event, handler);
  }

  /** Whether a socket waits for no answer. */
  isIdle(socket: ChatSocket): boolean {
    return (this.connections.get(socket)?.inFlight ?? 0) === 0;
  }

  private dispatch(socket: ChatSocket, connection: Connection, event: EventName, args: unknown[]): Promise<void> {
    if (connection.isFlooding) return Promise.resolve();
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as (answer: unknown) => void) : undefined;
    const payload = ack ? args.slice(0, -1) : args;
    if (isHint(event)) return this.take(event, { socket, connection, payload });
    const name = isCommand(event) ? event : undefined;
    const context = {
      commandId: newCorrelationId(),
      command: name ?? 'unknown',
      socketId: socket.id,
      userId: socket.data.caller.userId,
      sessionId: socket.data.caller.sessionId,
    };
    return runInContext(context, async () => {
      const startedAtMs = performance.now();
      let refusal: Refusal | undefined;
      let isTooMuch = false;
      // Counted before the answer is sent: hundreds of commands may have arrived together.
      const refuse: Answer = (answer) => {
        refusal = answer;
        isTooMuch = isFirstTooMany(connection, answer, { name, atMs: startedAtMs });
      };
      connection.inFlight++;
      const reply = await this.run(name, { socket, connection, payload }, refuse).finally(() => connection.inFlight--);
      if (refusal) this.refuse(socket, { event, refusal, ack });
      else ack?.(reply);
      const outcome = !refusal ? 'ok' : refusal.code === 'server/internal' ? 'failed' : 'refused';
      countCommand(context.command, outcome, performance.now() - startedAtMs);
      if (isTooMuch) this.closeFlooding(socket);
    });
  }

  /** A hint: what is wrong with it is counted, and told nobody. */
  private take(
    name: HintName,
    { socket, connection, payload }: { socket: ChatSocket; connection: Connection; payload: readonly unknown[] },
  ): Promise<void> {
    const { userId, sessionId } = socket.data.caller;
    return runInContext({ command: name, socketId: socket.id, userId, sessionId }, async () => {
      let refusal: Refusal | undefined;
      try {
        this.limits.spend(userId, 'hint');
        const hint = check(hints[name].payload, payload.length === 1 ? payload[0] : undefined);
        await connection.handlers.get(name)?.(hint, (answer) => (refusal = answer));
      } catch (error) {
        refusal = this.faults.refusalOf(error, 'socket');
      }
      countHint(name, refusal ? 'dropped' : 'taken');
      if (!refusal || connection.isFlooding || !connection.refusals.add({}, 'hint', performance.now())) return;
      connection.isFlooding = true;
      this.closeFlooding(socket);
    });
  }

  private async run(
    name: CommandName | undefined,
    { socket, connection, payload }: { socket: ChatSocket; connection: Connection; payload: readonly unknown[] },
    refuse: Answer,
  ): Promise<unknown> {
    try {
      // Before anything else: a command beyond the limit is not even to cost its validation.
      const spending = spendingOf(name);
      this.limits.spend(socket.data.caller.userId, spending);
      // The answer to a send is small. Reading for a client that takes no answers costs everybody else.
      if (spending === 'command') requireTaken(socket, this.settings);
      if (payload.some((one) => one instanceof TooLarge)) throw new ChatError('request/too_large');
      const handler = name && connection.handlers.get(name);
      if (!handler) throw new ChatError('command/unknown');
      const request = check(commands[name].request, payload.length === 1 ? payload[0] : undefined);
      this.limits.spend(socket.data.caller.userId, 'command', extraOfCommand(name, request));
      const answer = { success: true, ...((await handler(request, refuse)) as object | undefined) };
      return socket.data.brief ? briefed(answer, request) : answer;
    } catch (error) {
      // Handlers do not throw, their filter answers: this is the contract refusing the request.
      return refuse(this.faults.refusalOf(error, 'socket'));
    }
  }

  private refuse(
    socket: ChatSocket,
    { event, refusal, ack }: { event: EventName; refusal: Refusal; ack: ((answer: unknown) => void) | undefined },
  ): void {
    const { success: _, error, code, retryable, ...extras } = refusal;
    if (ack) ack(refusal);
    else socket.emit('exception', { command: named(event), error, code, retryable, ...extras });
    countRefusal(code, 'command');
    this.logger.info({ code, ...(extras.details && { details: extras.details }) }, 'command refused');
  }

  private closeFlooding(socket: ChatSocket): void {
    const refusals = this.connections.get(socket)?.refusals.count;
    this.logger.warn({ code: 'client/flooding', refusals }, 'socket closed: too many refused commands');
    this.limits.pause(socket.data.caller.userId);
    closeSocket(socket, 'client/flooding');
  }
}

const spendingOf = (name: CommandName | undefined): Spending => (name === 'message:send' ? 'send' : 'command');

/** Whether with this refusal the connection has become one that floods. */
function isFirstTooMany(
  connection: Connection,
  refusal: Refusal,
  { name, atMs }: { name: CommandName | undefined; atMs: number },
): boolean {
  const isTooMuch = connection.refusals.add(refusal, spendingOf(name), atMs) && !connection.isFlooding;
  connection.isFlooding ||= isTooMuch;
  return isTooMuch;
}

/** An unknown event's name is the client's to choose: what of it is sent back. */
const eventCharsMax = 100;

const named = (event: EventName): string => String(event ?? '').slice(0, eventCharsMax);

const isHint = (event: EventName): event is HintName => typeof event === 'string' && Object.hasOwn(hints, event);

const isCommand = (event: EventName): event is CommandName =>
  typeof event === 'string' && Object.hasOwn(commands, event);
