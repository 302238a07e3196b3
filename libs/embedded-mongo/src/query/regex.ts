import { BSONRegExp } from 'bson';
import { CommandError, notSupported } from '../errors.js';

/** A regular expression of a filter, ready to run; `prefix` is what every match begins with, if that can be told. */
export interface CompiledRegex {
  source: BSONRegExp;
  test: (text: string) => boolean;
  prefix: string | undefined;
  /** The expression says nothing beyond its prefix: `^abc`. */
  prefixOnly: boolean;
}

export function compileRegex(source: BSONRegExp): CompiledRegex {
  for (const option of source.options) {
    if (!'imsu'.includes(option)) throw notSupported(`$regex option ${option}`);
  }
  const flags = `u${source.options.replaceAll('u', '')}`;
  const regex = build(translate(source.pattern, source.options), flags, source.pattern);
  const literal = /^\^((?:[^\\^$.|?*+()[\]{}]|\\[\\^$.|?*+()[\]{}/-])+)/u.exec(source.pattern);
  const usable = literal !== null && !source.pattern.includes('|') && !/[imx]/.test(source.options);
  return {
    source,
    test: (text) => regex.test(text),
    prefix: usable ? prefixOf(literal[1]!, source.pattern.slice(literal[0].length)) : undefined,
    prefixOnly: usable && literal[0] === source.pattern,
  };
}

function build(pattern: string, flags: string, original: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch (error) {
    throw new CommandError('BadValue', `Regular expression is invalid: /${original}/: ${String(error)}`);
  }
}

/** A quantifier that allows zero takes back the last character. */
function prefixOf(literal: string, rest: string): string | undefined {
  const characters = Array.from(literal.replaceAll(/\\(.)/gu, '$1'));
  if (/^[*?{]/.test(rest)) characters.pop();
  return characters.length > 0 ? characters.join('') : undefined;
}

/**
 * MongoDB's expressions are PCRE, these run as JavaScript's. What both write alike and mean differently is rewritten
 * (`.`, `$`, `^` in lines, `\s`); what JavaScript would silently take for something else is refused by name.
 */
function translate(pattern: string, options: string): string {
  const tokens = /\\x[0-9a-fA-F]{2}|\\[pP]\{[^}]*\}|\\[\s\S]|\[:|\(\?(?:<[=!]|[^)\s])|[\s\S]/gu;
  let inClass = false;
  let out = '';
  for (const [token] of pattern.matchAll(tokens)) {
    if (token === '[:') {
      if (inClass) throw notSupported('$regex with a POSIX class');
      inClass = true;
      out += '[:';
    } else if (token.startsWith('\\')) out += escape(token, inClass);
    else if (inClass) {
      inClass = token !== ']';
      out += token === '[' ? '\\[' : token;
    } else if (token.startsWith('(?')) out += group(token);
    else {
      inClass = token === '[';
      out += anchor(token, options);
    }
  }
  return out;
}

function escape(token: string, inClass: boolean): string {
  const second = token[1] ?? '';
  if (second === 's') return inClass ? '\\t\\n\\v\\f\\r ' : '[\\t\\n\\v\\f\\r ]';
  if (second === 'S' && !inClass) return '[^\\t\\n\\v\\f\\r ]';
  if (/^\\(?:[dDwWbBnrtf1-9]|x[0-9a-fA-F]{2}|[pP]\{.*)$/.test(token)) return token;
  if (/[A-Za-z0-9]/.test(second)) throw notSupported(`$regex with ${token}`);
  if (/[\\^$.|?*+()[\]{}/]/.test(second)) return token;
  return inClass && second === '-' ? '\\-' : second;
}

function group(token: string): string {
  if (/^\(\?(?:[:=!]|<[=!]|<)/.test(token)) return token;
  throw notSupported(`$regex with ${token}`);
}

function anchor(token: string, options: string): string {
  const lines = options.includes('m');
  if (token === '.') return options.includes('s') ? token : '[^\\n]';
  if (token === '^') return lines ? '(?<![^\\n])' : '^';
  if (token === '$') return lines ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))';
  return token;
}
