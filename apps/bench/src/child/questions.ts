/** What a kind of child process can be asked, by name, and what it answers. Plain data: it travels between two processes. */
export type Requests = Readonly<Record<string, { readonly request: unknown; readonly result: unknown }>>;

/** A question with a number of its own, which the answer repeats. */
export interface Question {
  readonly id: number;
  readonly name: string;
  readonly request: unknown;
}
export type Reply = { readonly id: number } & ({ readonly result: unknown } | { readonly error: string });

/** How a child process answers each of its questions. */
export type Answers<R> = {
  readonly [N in keyof R]: R[N] extends { readonly request: infer Q; readonly result: infer A }
    ? (request: Q) => A | Promise<A>
    : never;
};
