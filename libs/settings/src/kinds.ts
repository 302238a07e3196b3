import { isIP } from 'node:net';
import { z } from 'zod';

/** A whole number between two bounds, both included. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max)
    .describe(`a whole number from ${min} to ${max}`);
}

/** `true` or `false`, nothing else: `0`, `no` and `off` read differently to different people. */
export function flag() {
  return z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .describe('true or false');
}

/** One word of a closed list. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words).describe(`one of ${words.join(', ')}`);
}

/** A text of at least `min` characters. */
export function text(min = 1) {
  return z
    .string()
    .min(min)
    .describe(min === 1 ? 'a text' : `a text of at least ${min} characters`);
}

/** Texts of at least `min` characters, no two the same, with commas or whitespace between them and therefore not in them. */
export function texts(min: number) {
  return z
    .string()
    .transform((value) => value.split(/[\s,]+/).filter((part) => part !== ''))
    .refine((parts) => parts.length > 0 && parts.every((part) => part.length >= min))
    .refine((parts) => new Set(parts).size === parts.length)
    .transform((parts): readonly string[] => parts)
    .describe(`different texts of at least ${min} characters each, separated by commas or spaces`);
}

/** A short name that is safe in a log line, a metric label and a Redis key. */
export function plainName() {
  return z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,100}$/)
    .describe('1 to 100 characters of A-Z a-z 0-9 . _ : -');
}

/** The address of a MongoDB. Several hosts are allowed, therefore this is not left to `URL`. */
export function mongodbUri() {
  return z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/[^\s/]+(\/\S*)?$/)
    .describe('an address like mongodb://host:27017/roost');
}

/** The address of a Redis; `rediss` is TLS. */
export function redisUrl() {
  return z
    .string()
    .regex(/^rediss?:\/\//)
    .refine((value) => URL.canParse(value) && new URL(value).hostname !== '')
    .describe('an address like redis://host:6379');
}

/** Addresses of nodes of a Redis Cluster, each as a URL in the end; credentials and TLS may be written as in `redisUrl`. */
export function redisNodes() {
  return z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .transform((parts): readonly string[] => parts.map((part) => (part.includes('://') ? part : `redis://${part}`)))
    .refine((urls) => urls.every(namesHostAndPort))
    .describe('addresses like host-1:6379,host-2:6379 or rediss://user:password@host-1:6379');
}

function namesHostAndPort(value: string): boolean {
  if (!/^rediss?:\/\//.test(value) || !URL.canParse(value)) return false;
  const { hostname, port } = new URL(value);
  return hostname !== '' && port !== '';
}

/** Addresses and networks (CIDR), with commas or spaces between them. */
export function networks() {
  return z
    .string()
    .transform((value): readonly string[] => value.split(/[\s,]+/).filter((part) => part !== ''))
    .refine((parts) => parts.every(isNetwork))
    .describe('addresses or networks like 10.0.0.0/8 or 2001:db8::/32, separated by commas');
}

function isNetwork(written: string): boolean {
  const [address = '', bits, more] = written.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (bits === undefined) return most > 0 && !address.includes('%');
  return more === undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}

/** The same, or `undefined` where nobody sets it. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.optional().describe(schema.description ?? '');
}

/**
 * Comma separated origins: of web pages, with `*.` for one label of the host, and of apps with a scheme of their own. A `*` alone
 * is refused: browsers do not send credentials to it.
 */
export function origins() {
  return z
    .string()
    .transform((value) => value.split(',').map((part) => originOf(part.trim())))
    .refine((parts): parts is string[] => parts.every((part) => part !== undefined))
    .transform((parts): readonly string[] => parts)
    .describe(
      'origins like https://chat.example.org, https://*.example.org or capacitor://localhost, separated by commas, without a path',
    );
}

const originForm =
  /^([a-z][a-z0-9+.-]*):\/\/((?:\*\.)?(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]))(:\d{1,5})?\/?$/;
/** Of these, pages have no origin that a browser would tell, or it is not theirs alone. */
const schemesWithoutOrigin = ['file', 'data', 'blob', 'javascript', 'ws', 'wss', 'ftp'];
const defaultPorts: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

/** As a browser writes it, without a default port; undefined for what is none. */
function originOf(written: string): string | undefined {
  const [, scheme = '', host = '', port = ''] = originForm.exec(written.toLowerCase()) ?? [];
  if (host === '' || schemesWithoutOrigin.includes(scheme)) return undefined;
  if (!URL.canParse(`http://${host.replace('*', 'x')}${port}`)) return undefined;
  return `${scheme}://${host}${port === defaultPorts[scheme] ? '' : port}`;
}
