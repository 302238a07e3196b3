import type { InputOf, ResultOf, RouteName, routes } from '@roost/contract';

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

export interface CallOptions {
  /** Ends the call, which rejects with the signal's reason. What the server has begun by then it may finish. */
  readonly signal?: AbortSignal;
}

/** The arguments of a call: what the route takes, where it takes anything, and the options. */
export type CallArguments<K extends RouteName> =
  unknown extends CallOf<K>
    ? [call?: CallOf<K>, options?: CallOptions]
    : Partial<CallOf<K>> extends CallOf<K>
      ? [call?: CallOf<K>, options?: CallOptions]
      : [call: CallOf<K>, options?: CallOptions];

/** A method for each route of a noun: `list` for `chats.list`. */
export type MethodsOf<Noun extends string> = {
  readonly [K in RouteName as K extends `${Noun}.${infer Act}` ? Act : never]: (
    ...args: CallArguments<K>
  ) => Promise<ResultOf<K>>;
};

/** The parts of any call. */
export interface LooseCall {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}
