import { routes } from '@roost/contract';
import type { RouteEntry } from '@roost/contract';
import type { Random } from '../random.js';
import { damaged, randomBytes } from './bytes.js';
import { anyJson } from './json.js';
import { numeral, text } from './words.js';
import type { Words } from './words.js';

const methods = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'get', 'BREW', 'PRI'];
const otherPaths = [
  '/',
  '/health/ready',
  '/metrics',
  '/docs',
  '/openapi.json',
  '/asyncapi.json',
  '/socket.io/',
  '/socket.io',
  '*',
  '',
];
const suffixes = [
  '',
  '',
  '',
  '?',
  '?limit=2',
  '?limit[]=1&limit=2',
  '?a[b][c]=1',
  '?%',
  '?cursor=%00',
  '#x',
  '%',
  '%c0%af',
];
const contentTypes = [
  'application/json',
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=klingon',
  'text/plain',
  'multipart/form-data; boundary=',
  'application/x-www-form-urlencoded',
  ';',
];
const strangeHeaders = [
  'Host: a\r\nHost: b',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 5\r\nContent-Length: 6',
  'Transfer-Encoding: chunked\r\nContent-Length: 3',
  'Transfer-Encoding: gzip, chunked',
  'Content-Encoding: gzip',
  'Content-Encoding: br',
  'Content-Encoding: klingon',
  'Expect: 100-continue',
  'Expect: the unexpected',
  'Upgrade: websocket\r\nConnection: Upgrade',
  'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings',
  'Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13',
  'Origin: null',
  'Range: bytes=0-18446744073709551615',
  'X-Forwarded-For: not an address, , ::',
  'X-Request-Id: "},{"level":"fatal',
  'Cookie: __proto__=1; =; ;',
  'If-None-Match: *',
  'Access-Control-Request-Method: \\',
  'no colon',
  ' : ',
  'X: \x00\x7f',
];

/** One request as it is on the wire; most have only one thing wrong, so that they get far. */
export function httpRequest(random: Random, words: Words): Buffer {
  const route: RouteEntry = random.pick(Object.values(routes));
  const method = random.chance(0.8) ? route.method : random.pick(methods);
  const path = random.chance(0.8)
    ? route.path.replaceAll(/:\w+/g, () => segment(random, words))
    : random.pick(otherPaths);
  const version = random.chance(0.95) ? 'HTTP/1.1' : random.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/9', '']);
  const body = requestBody(random, route.body ? Object.keys(route.body.shape) : [], words);
  const lines = [`${method} ${path}${random.pick(suffixes)} ${version}`, 'Host: localhost'];
  if (random.chance(0.8)) lines.push(`Authorization: Bearer ${words.token}`);
  if (random.chance(0.3)) lines.push(...random.list(2, () => random.pick(strangeHeaders)));
  if (body.length > 0) lines.push(`Content-Type: ${random.pick(contentTypes)}`);
  const { header, sent } = framed(random, body);
  const request = Buffer.concat([Buffer.from([...lines, ...header, '', ''].join('\r\n')), sent]);
  return random.chance(0.05) ? damaged(random, request) : request;
}

const segment = (random: Random, { ids }: Words) =>
  random.chance(0.7) ? random.pick(ids) : encodeURI(text(random).toWellFormed()).slice(0, 200);

function requestBody(random: Random, fields: readonly string[], words: Words): Buffer {
  if (fields.length === 0 && random.chance(0.8)) return Buffer.alloc(0);
  if (random.chance(0.1)) return randomBytes(random, 300);
  if (random.chance(0.2)) return Buffer.from(anyJson(random, words));
  const entries = fields.map((field) => `${JSON.stringify(field)}:${anyJson(random, words)}`);
  return Buffer.from(`{${entries.join()}}`);
}

/** The body as it is sent: with its length, in chunks, or with a lie about either. */
function framed(random: Random, body: Buffer): { header: readonly string[]; sent: Buffer } {
  if (body.length === 0 && random.chance(0.8)) return { header: [], sent: body };
  if (random.chance(0.8)) return { header: [`Content-Length: ${body.length}`], sent: body };
  if (random.chance(0.3)) return { header: [`Content-Length: ${numeral(random)}`], sent: body };
  const size = random.chance(0.7) ? body.length.toString(16) : random.pick(['ffffffffffffffff', '-1', 'x', '5;a=b']);
  const chunks = Buffer.concat([Buffer.from(`${size}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
  return { header: ['Transfer-Encoding: chunked'], sent: chunks };
}
