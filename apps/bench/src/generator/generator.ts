import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Question, Reply, RequestName, RequestOf, ResultOf } from './messages.js';

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** The load generator as the bench sees it. Runs on the core of the process that starts it, and ends with it. */
export class Generator {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (reply: Reply) => this.settle(reply));
    child.on('exit', (code, signal) => this.fail(new Error(`the load generator ended: ${signal ?? code}`)));
  }

  static start(): Generator {
    return new Generator(fork(fileURLToPath(new URL('./main.js', import.meta.url)), { serialization: 'advanced' }));
  }

  get pid(): number {
    return this.child.pid!;
  }

  ask<N extends RequestName>(name: N, request: RequestOf<N>): Promise<ResultOf<N>> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      const question: Pick<Question, 'id' | 'name' | 'request'> = { id, name, request };
      this.child.send(question);
    });
  }

  stop(): void {
    if (this.child.connected) this.child.disconnect();
  }

  private settle(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(new Error(`the load generator: ${reply.error}`));
    else waiting?.resolve(reply.result as never);
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
