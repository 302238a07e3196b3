import { routes } from '@roost/contract';
import type { InputOf, ResultOf, RouteName } from '@roost/contract';
import { askToken } from './connection/options.js';
import type { TokenAsk, TokenSource } from './connection/options.js';
import { isRefusal, NoAnswer, toChatError } from './failures.js';

export interface RoostApiOptions {
  /** Where the cluster is, for example `https://chat.example.com`. */
  readonly url: string;
  /** Left out for the routes that anyone may call. */
  readonly token?: TokenSource;
  /** Milliseconds until a request counts as unanswered. Default 10,000. */
  readonly timeoutMs?: number;
}

/** What the caller writes for a schema, before its defaults are filled in. */
type Written<S> = S extends { readonly '~standard': { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly input: infer I }
    ? I
    : never
  : undefined;

type BodyOf<K extends RouteName> = (typeof routes)[K] extends { readonly body: infer S } ? Written<S> : undefined;

/** One part of a call: not there, optional because all its fields are, or required. */
type Part<P extends string, T> = [T] extends [undefined]
  ? unknown
  : Partial<T> extends T
    ? { readonly [Q in P]?: T }
    : { readonly [Q in P]: T };

/** What a route is called with: those of `params`, `query` and `body` that it has. */
export type CallOf<K extends RouteName> = Part<'params', InputOf<K>['params']> &
  Part<'query', InputOf<K>['query']> &
  Part<'body', BodyOf<K>>;

type CallArguments<K extends RouteName> =
  unknown extends CallOf<K> ? [] : Partial<CallOf<K>> extends CallOf<K> ? [call?: CallOf<K>] : [call: CallOf<K>];

interface LooseCall {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

/** The REST side of the cluster: every route of the contract, typed, over `fetch`. */
export class RoostApi {
  private readonly base: string;

  constructor(private readonly options: RoostApiOptions) {
    this.base = options.url.replace(/\/+$/, '');
  }

  /**
   * Calls a route, for example `call('messages.list', { params: { chatId }, query: { before: 51 } })`.
   * Gives the resource; throws `ChatError` when the server refuses, `NoAnswer` when it did not answer. Where the token
   * has expired and there is a source of tokens, it asks that for a fresh one and tries once more.
   */
  async call<K extends RouteName>(name: K, ...[call]: CallArguments<K>): Promise<ResultOf<K>> {
    const first = await this.attempt(name, call ?? {}, { fresh: false });
    const isExpired = isRefusal(first.answer) && first.answer.code === 'auth/token_expired';
    const mayHaveNewer = typeof this.options.token === 'function';
    const { response, answer } =
      isExpired && mayHaveNewer ? await this.attempt(name, call ?? {}, { fresh: true }) : first;
    if (response.ok && (response.status === 204 || answer !== undefined)) return answer;
    const { method, path } = routes[name];
    throw isRefusal(answer) ? toChatError(answer) : new NoAnswer(`${method} ${path}`, 'gateway');
  }

  private async attempt<K extends RouteName>(name: K, call: LooseCall, ask: TokenAsk): Promise<Exchange<K>> {
    const { method, path } = routes[name];
    const url = this.base + fillIn(path, call.params) + queryString(call.query);
    return exchange(name, url, await this.request(method, call.body, ask));
  }

  private async request(method: string, body: unknown, ask: TokenAsk): Promise<RequestInit> {
    const { token, timeoutMs = 10_000 } = this.options;
    const headers: Record<string, string> = { accept: 'application/json' };
    if (token !== undefined) headers.authorization = `Bearer ${await askToken(token, ask)}`;
    if (body === undefined) return { method, headers, signal: AbortSignal.timeout(timeoutMs) };
    headers['content-type'] = 'application/json';
    return { method, headers, body: JSON.stringify(body), signal: AbortSignal.timeout(timeoutMs) };
  }
}

interface Exchange<K extends RouteName> {
  readonly response: Response;
  /** What the contract promises for success; undefined where it is not JSON, as a proxy's error page. */
  readonly answer: ResultOf<K>;
}

async function exchange<K extends RouteName>(name: K, url: string, request: RequestInit): Promise<Exchange<K>> {
  try {
    const response = await fetch(url, request);
    const isJson = response.status !== 204 && response.headers.get('content-type')?.includes('json');
    return { response, answer: isJson ? await response.json() : undefined };
  } catch (cause) {
    const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
    throw new NoAnswer(`${routes[name].method} ${routes[name].path}`, timedOut ? 'timeout' : 'disconnected', { cause });
  }
}

function fillIn(path: string, params: LooseCall['params'] = {}): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

function queryString(query: LooseCall['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}
