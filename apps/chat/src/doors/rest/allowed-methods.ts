import { routes } from '@roost/contract';
import type { RouteEntry } from '@roost/contract';

/** What answers GET beside the routes of the contract. */
const readable = [
  '/docs',
  '/openapi.json',
  '/asyncapi.json',
  '/metrics',
  ...['live', 'startup', 'ready', 'deps'].map((one) => `/health/${one}`),
];

const known = [
  ...Object.values<RouteEntry>(routes).map(({ method, path }) => ({ method, path })),
  ...readable.map((path) => ({ method: 'GET', path })),
].map(({ method, path }) => ({
  path,
  // As Express compares: in any case, with or without a slash at the end.
  pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+').replaceAll('.', String.raw`\.`)}/?$`, 'i'),
  methods: method === 'GET' ? ['GET', 'HEAD'] : [method],
}));

/** The methods that a path answers beside OPTIONS; none where there is nothing. */
export const methodsAt = (path: string): string[] =>
  known.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);

/** Those, as the `Allow` header says them. */
export const allowHeader = (methods: readonly string[]): string => [...methods, 'OPTIONS'].join(', ');

/** The path of the contract, `/chats/:chatId`, that a path of a request is one of. */
export const patternOf = (path: string): string | undefined => known.find(({ pattern }) => pattern.test(path))?.path;
