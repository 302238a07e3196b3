import { commands, hints } from '@roost/contract';
import type { CommandName } from '@roost/contract';
import type { Random } from '../random.js';

/** What somebody who attacks knows: their own token, and ids that exist, of their own and of others. */
export interface Words {
  readonly token: string;
  readonly ids: readonly string[];
}

export const commandNames = Object.keys(commands) as CommandName[];

/** Names that mean something to Node, to Socket.IO or to objects. */
const loadedNames = [
  ...Object.keys(hints),
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
  'error',
  'message',
  'exception',
  '__proto__',
  'constructor',
  'toString',
  '',
];

const oddTexts = ['', '\0', '\u2028', '\ud800', '\ufffd', '😀', '../../..', '${1}', '%00', '\x1e', '$where', 'null'];

export const eventName = (random: Random): string =>
  random.chance(0.7) ? random.pick(commandNames) : random.pick([...loadedNames, ...oddTexts]);

export function text(random: Random): string {
  if (random.chance(0.6)) return random.pick(['hello', 'marker', 'a'.repeat(24), '0123456789abcdef01234567']);
  const odd = random.pick(oddTexts);
  return random.chance(0.1) ? odd.repeat(random.below(3000)) : odd;
}

/** As text, for what JavaScript writes is not all that JSON may hold. */
export const numeral = (random: Random): string =>
  random.pick(['0', '1', '-1', '50', '1.5', '1e308', '1e999', '-0', '9007199254740993', '4294967296', '0x10', '01']);
