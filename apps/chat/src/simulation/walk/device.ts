import type { Caller } from '../../kernel/caller.js';
import type { ReplicaInRun, World } from '../world.js';
import { Connection } from './connection.js';
import type { Answer } from './connection.js';

/** SDKs give a connection up that has not answered for this long. */
const patienceMs = 7_000;

/** One device of a person, connected to one replica after another. */
export class Device {
  readonly caller: Caller;
  private connection: Connection | undefined;

  constructor(
    readonly name: string,
    userId: string,
    private readonly world: World,
  ) {
    this.caller = { userId, sessionId: name, expiresAtMs: Infinity };
  }

  /** Calls the replica that the device is connected to, any where it is not. */
  call<Result>(work: (replica: ReplicaInRun) => Promise<Result>, answered: (answer: Answer<Result>) => void): void {
    this.connection ??= this.connect();
    const { connection } = this;
    if (!connection) {
      this.world.scheduler.after(50, () => answered({ kind: 'connection lost' }));
      return;
    }
    const giveUp = this.world.scheduler.after(patienceMs, () => this.leave(connection));
    connection.call(
      () => work(connection.replica),
      (answer) => {
        giveUp();
        answered(answer);
      },
    );
  }

  /** Another call through any replica, beside the connection of the device: of another window of it, or what a proxy repeats. */
  callBeside<Result>(
    work: (replica: ReplicaInRun) => Promise<Result>,
    answered: (answer: Answer<Result>) => void,
  ): void {
    const connection = this.connect();
    connection?.call(() => work(connection.replica), answered);
  }

  /** Without a word: what is on its way may still arrive. */
  disconnect(): void {
    if (this.connection) this.leave(this.connection);
  }

  /** To a replica that has died this is a connection that has been closed. */
  lose(replica: ReplicaInRun): void {
    if (this.connection?.replica === replica) this.leave(this.connection);
  }

  private connect(): Connection | undefined {
    const reachable = this.world.replicas.filter(({ life }) => !life.isDead);
    return reachable.length > 0 ? new Connection(this.world.random.pick(reachable), this.world) : undefined;
  }

  private leave(connection: Connection): void {
    if (this.connection === connection) this.connection = undefined;
    connection.close();
  }
}
