import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import type { Server as Engine } from 'engine.io';
import type { WebSocket } from 'ws';
import { guardedListener } from '../kernel/boundary.js';
import type { ChatServer, ChatSocket } from '../kernel/chat-socket.js';
import { corkThisTurn } from '../kernel/cork.js';

/*
 * All that reaches into Engine.IO and ws, which carry Socket.IO's packets. `engine.spec.ts` fails when a version changes
 * what is reached for.
 */

export type EngineSocket = ChatSocket['conn'];

/** Of Engine.IO's connection, what is not in its types or is read-only there. */
interface Connection {
  readonly transport: Transport;
  /** What waits to be handed to the transport. */
  writeBuffer: readonly { readonly data?: unknown }[];
  request: Partial<EngineRequest>;
}

interface Transport {
  /** Whether it takes packets now; a WebSocket does not until what it was given last is with the operating system. */
  writable: boolean;
  /** Of long-polling: bytes of a request. */
  maxHttpBufferSize?: number;
  /** The WebSocket of ws; long-polling has none. */
  readonly socket?: {
    readonly bufferedAmount: number;
    readonly _socket: Writable | null;
    readonly _receiver: Receiver;
    onTooLarge?: TooLargeListener;
    terminate(): void;
  };
}

/** What reads frames from a WebSocket of ws. */
interface Receiver {
  _maxPayload: number;
  /** Of the message that is being read, as far as its frames have said how large they are. */
  readonly _totalPayloadLength: number;
}

type TooLargeListener = (bytes: number) => void;

/** The request that opened a connection, with its query parsed. */
type EngineRequest = Pick<IncomingMessage, 'headers' | 'url'> & {
  readonly _query: Readonly<Record<string, string | undefined>>;
  readonly connection: { readonly encrypted?: boolean };
};

/** Of a WebSocket of ws, what is not in its types. */
type RawWebSocket = WebSocket & {
  readonly _closeFrameReceived: boolean;
  readonly _socket: Writable | null;
  readonly _receiver: Receiver;
  _readyState: number;
  onTooLarge?: TooLargeListener;
};

// oxlint-disable-next-line typescript/no-explicit-any -- what TypeScript asks of a class to be extended
type ClassOf<Instance> = new (...args: any[]) => Instance;
type RawWebSocketClass = ClassOf<RawWebSocket>;
type WebSocketServerClass = ClassOf<{ readonly options: { WebSocket: RawWebSocketClass } }>;

/** The code of RFC 6455 by which ws closes where more comes than it may take. */
const messageTooBig = 1009;

/** What a client that was closed is given to close its side; ws itself gives 30 s. */
const closingMs = 1_000;

const connectionOf = ({ conn }: ChatSocket) => conn as unknown as Connection;

/**
 * What a turn of the event loop sends to one WebSocket leaves as one write: in a busy chat writing is half of what a delivery
 * costs. Engine.IO would hold back what follows a first frame until that one is with the system. While the stream is corked
 * it takes more, unless its client is slow: then what is to be sent waits in Engine.IO, where it can still be discarded.
 */
export function joinWrites(engine: Engine): void {
  engine.on('flush', guardedListener('sockets', cork));
  engine.on('drain', guardedListener('sockets', takeMore));
}

function cork({ transport }: Connection): void {
  const stream = transport.socket?._socket;
  if (stream?.writableLength === 0) corkThisTurn(stream);
}

function takeMore({ transport }: Connection): void {
  if (transport.socket?._socket?.writableCorked) transport.writable = true;
}

/**
 * A WebSocket that is closed here ends with its connection, after what it was sent, instead of with a close frame. Clients over
 * OkHttp (Java, Android) stop reading at a close frame without telling anybody: they would notice nothing until no ping came.
 * The close frame of a client is answered, and one that says what was wrong with a frame is sent.
 */
export function closeByEnding(engine: Engine): void {
  const opened = engine as unknown as { opts: { wsEngine: WebSocketServerClass }; init(): void };
  opened.opts.wsEngine = class extends opened.opts.wsEngine {
    constructor(...args: unknown[]) {
      super(...args);
      this.options.WebSocket = closedByEnding(this.options.WebSocket);
    }
  };
  opened.init();
}

const closedByEnding = (WebSocketOfWs: RawWebSocketClass): RawWebSocketClass =>
  class extends WebSocketOfWs {
    override close(code?: number, reason?: string | Buffer): void {
      if (this.readyState === this.OPEN) cutOffLater(this);
      // While something can still be said.
      if (code === messageTooBig) this.onTooLarge?.(this._receiver._totalPayloadLength);
      if (this.readyState !== this.OPEN || code !== undefined || this._closeFrameReceived) super.close(code, reason);
      else endStream(this);
    }
  };

function endStream(socket: RawWebSocket): void {
  socket._readyState = socket.CLOSING;
  socket._socket?.end();
}

function cutOffLater(socket: RawWebSocket): void {
  const timer = setTimeout(
    guardedListener('sockets', () => socket.terminate()),
    closingMs,
  ).unref();
  socket.once(
    'close',
    guardedListener('sockets', () => clearTimeout(timer)),
  );
}

/**
 * Bytes this process holds for a socket that its client has not taken: in the WebSocket, and queued before it. With
 * long-polling what is queued waits for the next poll. What the operating system holds beyond that is not seen.
 */
export function waitingBytes(socket: ChatSocket): number {
  const { transport, writeBuffer } = connectionOf(socket);
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += sizeOf(data);
  return bytes;
}

/** Throws away what is queued for a socket, so that what is said next is not behind it. */
export function discardWaiting(socket: ChatSocket): void {
  connectionOf(socket).writeBuffer = [];
}

/** Ends a WebSocket without its closing handshake: that would wait behind everything else. */
export function terminate(socket: ChatSocket): void {
  connectionOf(socket).transport.socket?.terminate();
}

/**
 * The connection's first HTTP request, kept by Engine.IO for its whole life, weighs kilobytes. Only what a further
 * namespace's handshake is built from stays. Harmless to repeat.
 */
export function forgetRequest(socket: ChatSocket): void {
  const opened = connectionOf(socket);
  const { headers, url, _query, connection } = opened.request as EngineRequest;
  opened.request = { headers, url, _query, connection: { encrypted: connection.encrypted === true } };
}

/** What is said with each of Engine.IO's own refusals, by their number. Of all servers of a process, which has one. */
export function setRefusalMessages({ constructor }: Engine, messages: Readonly<Record<number, string>>): void {
  Object.assign((constructor as unknown as { readonly errorMessages: object }).errorMessages, messages);
}

/** Whether a session of this id is here. */
export const hasSession = (engine: Engine, id: string): boolean =>
  Object.hasOwn((engine as unknown as { readonly clients: object }).clients, id);

/** Gives each session that is opened from now on the id that is made of a random one. */
export function nameSessions(engine: Engine, nameOf: (randomId: string, request: IncomingMessage) => string): void {
  const randomId = engine.generateId.bind(engine) as (request: IncomingMessage) => string;
  engine.generateId = (request) => nameOf(randomId(request), request);
}

/** The query of a request to Engine.IO, which it has parsed. */
export const queryOf = (request: IncomingMessage): EngineRequest['_query'] =>
  (request as unknown as Partial<EngineRequest>)._query ?? {};

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  return ArrayBuffer.isView(data) ? data.byteLength : 0;
}

/** Calls `listener` with every connection, and again for each transport that it changes to. */
export function eachTransport(engine: Engine, listener: (connection: EngineSocket) => void): void {
  engine.on(
    'connection',
    guardedListener('sockets', (connection: EngineSocket) => {
      listener(connection);
      connection.on(
        'upgrade',
        guardedListener('sockets', () => listener(connection)),
      );
    }),
  );
}

/** Bytes that a connection takes in at a time. `onLarger` is told of a WebSocket's message, when nothing of it is read yet. */
export function limitFrames(connection: EngineSocket, bytesMax: number, onLarger: TooLargeListener): void {
  const { transport } = connection as unknown as Connection;
  if (transport.socket) {
    transport.socket._receiver._maxPayload = bytesMax;
    transport.socket.onTooLarge = onLarger;
  } else transport.maxHttpBufferSize = bytesMax;
}

/** Tells of requests of long-polling that were larger than their connection takes in; they are answered by then. */
export function watchPolledBodies(engine: Engine, onLarger: (connection: EngineSocket, bytes: number) => void): void {
  const { clients } = engine as unknown as { clients: Readonly<Record<string, EngineSocket | undefined>> };
  const watch = (request: IncomingMessage, response: ServerResponse) => {
    const { sid = '' } = queryOf(request);
    const answered = () => {
      const connection = response.statusCode === 413 ? clients[sid] : undefined;
      if (connection) onLarger(connection, Number(request.headers['content-length'] ?? request.socket.bytesRead));
    };
    response.once('finish', guardedListener('polling', answered));
  };
  engine.use(
    guardedListener('polling', (request: IncomingMessage, response: ServerResponse, next: () => void) => {
      if (request.method === 'POST') watch(request, response);
      next();
    }),
  );
}

/** A packet of Socket.IO as its decoder gives it. */
export interface DecodedPacket {
  readonly type: number;
  readonly nsp: string;
  readonly id?: number;
  readonly data: unknown;
}

type Decode = (text: string) => DecodedPacket;

interface Decoder {
  decodeString(text: string): DecodedPacket;
}

/** Puts something before Socket.IO's own decoder of what clients send as text. */
export function decodeBy(server: ChatServer, decodeText: (text: string, decode: Decode) => DecodedPacket): void {
  const parsing = server as unknown as { _parser: { Decoder: ClassOf<Decoder> } };
  const { Decoder: Original } = parsing._parser;
  const Decoder = class extends Original {
    override decodeString(text: string): DecodedPacket {
      return decodeText(text, (whole) => super.decodeString(whole));
    }
  };
  parsing._parser = { ...parsing._parser, Decoder };
}
