import type { Random } from '../random.js';
import { damaged } from './bytes.js';
import { socketIoPacket } from './socket-io-packets.js';
import type { Words } from './words.js';

/** Open, close, pings and pongs, upgrades, noops, and what is no type of Engine.IO 4. */
const bare = ['0', '0{"sid":"x"}', '1', '2', '2probe', '3', '3', '3probe', '5', '6', '7', '', 'b', 'bAAAA', '\0', '4'];

/** Packets as they follow each other on one connection: a text is a packet, bytes are an attachment. */
export function engineIoPackets(random: Random, words: Words): (string | Buffer)[] {
  return random.list(8, () => onePacket(random, words)).flat();
}

function onePacket(random: Random, words: Words): (string | Buffer)[] {
  if (random.chance(0.1)) return [random.pick(bare)];
  const { text, attachments } = socketIoPacket(random, words);
  const packet = `4${text}`;
  return [random.chance(0.05) ? damaged(random, Buffer.from(packet)).toString() : packet, ...attachments];
}

/** The body of a long-polling request: packets between record separators, bytes as base64. */
export function pollingPayload(random: Random, packets: readonly (string | Buffer)[]): Buffer {
  const texts = packets.map((packet) => (typeof packet === 'string' ? packet : `b${packet.toString('base64')}`));
  const payload = Buffer.from(texts.join(random.chance(0.95) ? '\x1e' : '\x1e\x1e'));
  return random.chance(0.05) ? damaged(random, payload) : payload;
}
