/**
 * What there is to be measured against: Socket.IO with the Redis adapter and nothing else. No accounts, no store, no
 * checks; a client says who it is and which rooms it wants. What it sends and answers has the shape of ours, so that
 * both sides move the same bytes. With `CORKED` it leaves out the one thing that costs it most, a write for each frame.
 */
import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { oneWriteATurn } from './cork.js';

interface Draft {
  readonly chatId: string;
  readonly text: string;
}

const { PORT, HOST, REDIS_URL, REDIS_KEY, REPLICA_NAME, CORKED } = process.env;
const roomOf = (chatId: string) => `chat-${chatId}`;
let sent = 0;

const http = createServer((request, response) => {
  response.statusCode = request.url === '/health/ready' ? 200 : 404;
  response.end();
});

/** The options of ours, see `apps/chat/src/doors/socket/redis-io.adapter.ts`; the numbers are the defaults of its settings. */
const io = new Server(http, {
  transports: ['websocket', 'polling'],
  maxHttpBufferSize: 65_536,
  pingInterval: 25_000,
  pingTimeout: 10_000,
  serveClient: false,
});

if (CORKED === 'true') oneWriteATurn(io.engine);

io.use((socket, next) => {
  const { userId, chatIds } = socket.handshake.auth as { userId: string; chatIds: string[] };
  socket.data = { userId };
  Promise.resolve(socket.join(chatIds.map(roomOf))).then(() => next(), next);
});

io.on('connection', (socket) => {
  const { userId } = socket.data as { userId: string };
  socket.emit('session:ready', { userId, replica: REPLICA_NAME });
  socket.on('message:send', ({ chatId, text }: Draft, answer: (reply: unknown) => void) => {
    const message = messageOf(userId, chatId, text);
    io.to(roomOf(chatId)).emit('message:new', message);
    answer({ success: true, message });
  });
});

/** Ids and places are this process's own count: nothing is numbered across replicas here. */
function messageOf(userId: string, chatId: string, text: string) {
  const seq = ++sent;
  const id = seq.toString(16).padStart(24, '0');
  const sender = { id: userId, displayName: 'Ada Lovelace' };
  return { id, chatId, seq, sender, type: 'text', text, createdAt: new Date().toISOString() };
}

const publisher = new Redis(REDIS_URL!);
const subscriber = publisher.duplicate();
io.adapter(createAdapter(publisher, subscriber, { key: REDIS_KEY!, publishOnSpecificResponseChannel: true }));
process.on('SIGTERM', () => process.exit(0));
await publisher.ping();
http.listen(Number(PORT), HOST);
