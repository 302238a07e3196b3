import { guardedListener } from '../../kernel/boundary.js';

/** Whether a process runs, stands still, or is gone; what comes to it meanwhile waits or is lost. */
export class Life {
  private state: 'running' | 'frozen' | 'dead' = 'running';
  private readonly backlog: (() => void)[] = [];

  /** @param later does something as a task of its own: what has waited for a process comes to it one after the other */
  constructor(private readonly later: (work: () => void) => void) {}

  get isDead(): boolean {
    return this.state === 'dead';
  }

  get isRunning(): boolean {
    return this.state === 'running';
  }

  /** Something comes to the process: an answer, a timer, a frame. */
  act(where: string, work: () => unknown): void {
    this.take(guardedListener(where, work));
  }

  private take(work: () => void): void {
    if (this.state === 'running') work();
    else if (this.state === 'frozen') this.backlog.push(work);
  }

  die(): void {
    this.state = 'dead';
    this.backlog.length = 0;
  }

  freeze(): void {
    if (this.state === 'running') this.state = 'frozen';
  }

  thaw(): void {
    if (this.state !== 'frozen') return;
    this.state = 'running';
    for (const work of this.backlog.splice(0)) this.later(() => this.take(work));
  }
}
