import { AsyncLocalStorage } from 'node:async_hooks';

/** What is going on, for every log line that is written meanwhile. One of the two ids is always there. */
export interface RequestContext {
  /** Id of an HTTP request, also in its `X-Request-Id` answer header. */
  readonly requestId?: string;
  /** Id of a socket command. */
  readonly commandId?: string;
  /** Known once the caller is authenticated; see `setContextCaller`. */
  userId?: string;
  sessionId?: string;
  readonly socketId?: string;
  /** Name of the command on the wire, for example `message:send`. */
  readonly command?: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` with `context` around it, across every `await` in it, and returns what it returns. */
export function runInContext<Result>(context: RequestContext, work: () => Result): Result {
  return storage.run(context, work);
}

/** The context of the code that asks; `undefined` outside a request or command. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Adds the caller once a guard knows them: an HTTP request has its context before its user. */
export function setContextCaller({ userId, sessionId }: { readonly userId: string; readonly sessionId: string }): void {
  const context = storage.getStore();
  if (context !== undefined) Object.assign(context, { userId, sessionId });
}
