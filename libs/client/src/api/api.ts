import type { ResultOf, RouteName } from '@roost/contract';
import { Backoff } from '../backoff.js';
import { checkAddress } from '../connection/address.js';
import { askToken } from '../connection/options.js';
import type { TokenAsk, TokenSource } from '../connection/options.js';
import { hasFields } from '../has-fields.js';
import { isRefusal, isRetryable, NoAnswer, retryAfterOf, toChatError } from '../failures.js';
import { pause, realWorld, unlessAborted } from '../time.js';
import type { Surroundings } from '../time.js';
import type { CallArguments, CallOptions, LooseCall, MethodsOf } from './call.js';
import { exchange, exchangeForm } from './exchange.js';
import type { Exchange, Progress } from './exchange.js';
import { paths } from './paths.js';

export interface RoostApiOptions {
  /** Where the cluster is, for example `https://chat.example.com`. */
  readonly url: string;
  /** Left out for the routes that anyone may call. */
  readonly token?: TokenSource;
  /** Milliseconds until a request counts as unanswered. Default 10,000. */
  readonly timeoutMs?: number;
  /** How often a call is made again that failed and is safe to repeat. Default 2. */
  readonly retries?: number;
}

export interface UploadOptions extends CallOptions {
  readonly onProgress?: Progress;
}

/** Who is asked to come back later than this is told so, and not kept waiting. */
const retryAfterMaxMs = 5_000;

/** The REST side of the cluster: every route of the contract, typed, over `fetch`. */
export class RoostApi {
  readonly auth: MethodsOf<'auth'> = this.methodsOf('auth');
  readonly users: MethodsOf<'users'> = this.methodsOf('users');
  readonly chats: MethodsOf<'chats'> = this.methodsOf('chats');
  readonly members: MethodsOf<'members'> = this.methodsOf('members');
  readonly bans: MethodsOf<'bans'> = this.methodsOf('bans');
  readonly invites: MethodsOf<'invites'> = this.methodsOf('invites');
  readonly messages: MethodsOf<'messages'> = this.methodsOf('messages');
  readonly reactions: MethodsOf<'reactions'> = this.methodsOf('reactions');
  readonly receipts: MethodsOf<'receipts'> = this.methodsOf('receipts');
  private readonly base: string;

  constructor(
    private readonly options: RoostApiOptions,
    private readonly surroundings: Surroundings = realWorld,
  ) {
    this.base = options.url.replace(/\/+$/, '');
  }

  /**
   * Calls a route, for example `call('messages.list', { params: { chatId }, query: { before: 51 } })`, which is
   * `messages.list(…)` as well. Gives the resource; throws `ChatError` when the server refuses, `NoAnswer` when it did not
   * answer. Where the token has expired and there is a source of tokens, it asks that for a fresh one and tries once more.
   * What is safe to repeat is tried again after a failure that may pass: reading, receipts, reactions, and a message with a `clientMessageId`.
   */
  async call<K extends RouteName>(name: K, ...args: CallArguments<K>): Promise<ResultOf<K>> {
    const [call = {}, options = {}] = args as readonly [LooseCall?, CallOptions?];
    const { clock, random } = this.surroundings;
    const backoff = new Backoff({ baseMs: 300, maxMs: 3_000 }, random);
    const retries = isSafe(name, call) ? (this.options.retries ?? 2) : 0;
    for (let left = retries; ; left--) {
      try {
        return await this.once(name, call, options);
      } catch (error) {
        const retryAfterMs = retryAfterOf(error);
        if (left === 0 || !isRetryable(error) || (retryAfterMs ?? 0) > retryAfterMaxMs) throw error;
        await pause(clock, backoff.next(retryAfterMs), options.signal ?? new AbortController().signal);
        options.signal?.throwIfAborted();
      }
    }
  }

  private methodsOf<Noun extends string>(noun: Noun): MethodsOf<Noun> {
    const names = Object.keys(paths).filter((name) => name.startsWith(`${noun}.`)) as RouteName[];
    const methods = names.map((name) => [
      name.slice(noun.length + 1),
      (...args: CallArguments<typeof name>) => this.call(name, ...args),
    ]);
    return Object.fromEntries(methods) as MethodsOf<Noun>;
  }

  /**
   * Posts a form to a path of the server, once, in the name of the session: for what takes files. `onProgress` is told how many bytes have
   * left this device, in browsers. Fails as `call` does; there is no time-out but `signal`, for a file takes as long as it takes.
   */
  upload<Answer>(path: string, form: FormData, { signal, onProgress }: UploadOptions = {}): Promise<Answer> {
    const line = `POST ${path}`;
    return this.authorized(line, async (ask) => {
      const headers = await this.headers(ask, signal);
      signal?.throwIfAborted();
      return exchangeForm<Answer>(line, this.base + path, { headers, form, onProgress }, signal);
    });
  }

  private once<K extends RouteName>(name: K, call: LooseCall, { signal }: CallOptions): Promise<ResultOf<K>> {
    const { method, path } = paths[name];
    const url = this.base + fillIn(path, call.params) + queryString(call.query);
    return this.authorized(lineOf(name), async (ask) => {
      signal?.throwIfAborted();
      const headers = await this.headers(ask, signal);
      return exchange<ResultOf<K>>(lineOf(name), url, this.request(method, call.body, headers), signal);
    });
  }

  /** Once more with a fresh token, where the one before had expired. */
  private async authorized<Answer>(
    line: string,
    attempt: (ask: TokenAsk) => Promise<Exchange<Answer>>,
  ): Promise<Answer> {
    // Else a browser would take it for a place on the page's own server.
    checkAddress(this.options.url);
    const first = await attempt({ fresh: false });
    const isExpired = isRefusal(first.answer) && first.answer.code === 'auth/token_expired';
    const mayHaveNewer = typeof this.options.token === 'function';
    const { ok, status, answer } = isExpired && mayHaveNewer ? await attempt({ fresh: true }) : first;
    if (ok && (status === 204 || answer !== undefined)) return answer as Answer;
    throw isRefusal(answer) ? toChatError(answer) : new NoAnswer(line, 'gateway');
  }

  private async headers(ask: TokenAsk, signal: AbortSignal | undefined): Promise<Record<string, string>> {
    const { token } = this.options;
    if (token === undefined) return { accept: 'application/json' };
    const given = await unlessAborted(askToken(token, ask, this.surroundings.clock), signal);
    return { accept: 'application/json', authorization: `Bearer ${given}` };
  }

  private request(method: string, body: unknown, headers: Record<string, string>): RequestInit {
    const { timeoutMs = 10_000 } = this.options;
    if (body === undefined) return { method, headers, signal: AbortSignal.timeout(timeoutMs) };
    headers['content-type'] = 'application/json';
    return { method, headers, body: JSON.stringify(body), signal: AbortSignal.timeout(timeoutMs) };
  }
}

const lineOf = (name: RouteName): string => `${paths[name].method} ${paths[name].path}`;

/** Whether asking twice does no more than asking once. */
function isSafe(name: RouteName, { body }: LooseCall): boolean {
  // Left out or undefined: the server gets none, and would store a second message.
  const isKeyed = hasFields(body, { clientMessageId: 'string' });
  return (
    paths[name].method === 'GET' ||
    name.startsWith('receipts.') ||
    name.startsWith('reactions.') ||
    (name === 'messages.send' && isKeyed)
  );
}

function fillIn(path: string, params: LooseCall['params'] = {}): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

function queryString(query: LooseCall['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}
