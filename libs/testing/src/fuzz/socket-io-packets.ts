import type { Random } from '../random.js';
import { randomBytes } from './bytes.js';
import { anyJson, requestOf } from './json.js';
import { commandNames, eventName, numeral } from './words.js';
import type { Words } from './words.js';

/** A packet of Socket.IO 5: its text, and what follows it in packets of bytes. */
export interface SocketIoPacket {
  readonly text: string;
  readonly attachments: readonly Buffer[];
}

/** CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK, and what is none. */
const types = ['0', '1', '2', '2', '2', '2', '3', '4', '5', '5', '6', '7', '9', 'x', ''];
const namespaces = ['', '', '', '', '/,', '/admin,', '/?token=x,', '/no-comma', `/${'x'.repeat(300)},`, '//,'];

/** `<type>[<attachments>-][<namespace>,][<id>][<payload>]`: every part may be missing, or be another's. */
export function socketIoPacket(random: Random, words: Words): SocketIoPacket {
  if (random.chance(0.4)) return command(random, words);
  const type = random.pick(types);
  const isBinary = type === '5' || type === '6';
  const count = isBinary || random.chance(0.05) ? random.below(4) : 0;
  const header = isBinary ? `${random.chance(0.9) ? count : numeral(random)}-` : '';
  const id = random.chance(0.5) ? '' : random.pick(['0', '7', '999999999999999999999', '-1']);
  const text = type + header + random.pick(namespaces) + id + payload(random, type, words);
  const sent = random.chance(0.8) ? count : random.below(5);
  return { text, attachments: Array.from({ length: sent }, () => randomBytes(random, 64)) };
}

/** One that a handler gets to see. */
function command(random: Random, words: Words): SocketIoPacket {
  const name = random.pick(commandNames);
  const id = random.chance(0.7) ? String(random.below(100)) : '';
  return { text: `2${id}["${name}",${requestOf(random, name, words)}]`, attachments: [] };
}

function payload(random: Random, type: string, words: Words): string {
  if (random.chance(0.1)) return '';
  if (type === '0') return random.chance(0.5) ? JSON.stringify({ token: words.token }) : anyJson(random, words);
  if (random.chance(0.2)) return anyJson(random, words);
  const name = random.chance(0.85) ? JSON.stringify(eventName(random)) : anyJson(random, words);
  return `[${[name, ...random.list(3, () => anyJson(random, words))].join()}]`;
}
