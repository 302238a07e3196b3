import { commands } from '@roost/contract';
import type { CommandName } from '@roost/contract';
import type { Random } from '../random.js';
import { numeral, text } from './words.js';
import type { Words } from './words.js';

const depthMax = 4;

/** The text of any JSON value; with some chance of none that can be parsed. */
export function anyJson(random: Random, words: Words, depth = 0): string {
  const scalar = () =>
    random.pick(['null', 'true', 'false', numeral(random), quoted(text(random)), idOf(random, words)]);
  if (depth >= depthMax) return scalar();
  switch (random.below(8)) {
    case 0:
      return `[${random.list(4, () => anyJson(random, words, depth + 1)).join()}]`;
    case 1:
      return objectOf(random.list(4, () => [text(random), anyJson(random, words, depth + 1)]));
    case 2:
      return objectOf([['__proto__', anyJson(random, words, depth + 1)]]);
    case 3:
      return `{"_placeholder":true,"num":${numeral(random)}}`;
    case 4:
      return random.chance(0.2) ? nested(random) : scalar();
    default:
      return scalar();
  }
}

/** What the contract asks for, with some fields left out, wrong, or too many. */
export function requestOf(random: Random, name: CommandName, words: Words): string {
  const fields = Object.keys(commands[name].request.shape).filter(() => random.chance(0.85));
  if (random.chance(0.1)) fields.push(text(random));
  return objectOf(
    fields.map((field) => [field, random.chance(0.75) ? likely(random, field, words) : anyJson(random, words)]),
  );
}

function likely(random: Random, field: string, words: Words): string {
  if (field.endsWith('Id')) return idOf(random, words);
  if (field.endsWith('Ids') || field === 'mentions') return `[${random.list(3, () => idOf(random, words)).join()}]`;
  switch (field) {
    case 'type':
      return quoted(random.pick(['direct', 'group', 'channel']));
    case 'token':
      return quoted(words.token);
    case 'chats':
      return objectOf(random.list(3, () => [random.pick(words.ids), `{"seq":${numeral(random)},"rev":0}`]));
    case 'text':
    case 'title':
      return quoted(text(random));
    default:
      return numeral(random);
  }
}

const idOf = (random: Random, { ids }: Words) => quoted(random.pick(ids));

function nested(random: Random): string {
  const depth = random.below(5000);
  return random.chance(0.5) ? '['.repeat(depth) + ']'.repeat(depth) : '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
}

const quoted = (value: string): string => JSON.stringify(value);

const objectOf = (entries: readonly (readonly [string, string])[]): string =>
  `{${entries.map(([key, value]) => `${quoted(key)}:${value}`).join()}}`;
