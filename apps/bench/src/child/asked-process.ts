import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Question, Reply, Requests } from './questions.js';

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A child process that is asked things, so that its CPU time can be told from everything else's. Runs on the core of the
 * process that starts it, and ends with it.
 */
export class AskedProcess<R extends Requests> {
  private readonly waiting = new Map<number, Waiting>();
  private readonly child: ChildProcess;
  private lastId = 0;

  /** @param script its built file */
  constructor(
    private readonly name: string,
    script: URL,
  ) {
    this.child = fork(fileURLToPath(script), { serialization: 'advanced' });
    this.child.on('message', (reply: Reply) => this.settle(reply));
    this.child.on('exit', (code, signal) => this.fail(new Error(`${name} ended: ${signal ?? code}`)));
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Rejects where the answer was an error, or the process ends before it answers. */
  ask<N extends keyof R & string>(name: N, request: R[N]['request']): Promise<R[N]['result']> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      const question: Question = { id, name, request };
      this.child.send(question);
    });
  }

  stop(): void {
    if (this.child.connected) this.child.disconnect();
  }

  private settle(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(new Error(`${this.name}: ${reply.error}`));
    else waiting?.resolve(reply.result as never);
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
