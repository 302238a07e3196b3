import type { Random } from '../../../../libs/testing/src/random.js';
import { Replica } from './replica/replica.js';
import type { Parts } from './replica/parts.js';
import type { Device } from './walk/device.js';
import type { World } from './world.js';

/** From the moment at which the old primary is cut off to the new one. */
const electionMaxMs = 3_000;

/** What befalls whole parts: begins and ends at random moments, and is all over when the weather clears up. */
export class Incidents {
  private started = 0;

  constructor(
    private readonly world: World,
    private readonly devices: readonly Device[],
    private readonly parts: Parts,
    private readonly random: Random,
  ) {}

  startReplica(): void {
    const { replicas, trace } = this.world;
    const replica = new Replica(`replica-${++this.started}`, this.world, this.parts);
    trace.tell(replica.name, () => 'starts');
    replicas.push(replica);
  }

  /** @param withinMs all begins within this time */
  start(withinMs: number): void {
    const { scheduler } = this.world;
    const kinds = [
      () => this.kill(),
      () => this.freeze(),
      () => this.elect(),
      () => this.takeBus(),
      () => this.disconnect(),
    ];
    for (let count = this.random.below(8); count > 0; count--) {
      scheduler.after(this.random.next() * withinMs, this.random.pick(kinds));
    }
  }

  /** Nothing begins any more, and what stands still goes on. */
  clearUp(): void {
    const { weather, bus, set, trace, replicas, scheduler } = this.world;
    trace.tell('weather', () => 'clears up');
    weather.isClear = true;
    bus.isAway = false;
    for (const { life } of replicas) life.thaw();
    // Elections that have begun come to their end.
    scheduler.after(electionMaxMs, () => set.confirm(set.head));
  }

  /** Another one takes its place, in time. */
  private kill(): void {
    const { replicas, weather, scheduler, trace } = this.world;
    const replica = this.random.pick(replicas);
    if (replica.life.isDead || !weather.brings('replicas die', 1)) return;
    trace.tell(replica.name, () => 'dies');
    replica.life.die();
    for (const device of this.devices) scheduler.after(this.random.next() * 20, () => device.lose(replica));
    scheduler.after(this.random.next() * 4_000, () => this.startReplica());
  }

  private freeze(): void {
    const { replicas, weather, scheduler, trace } = this.world;
    const replica = this.random.pick(replicas);
    if (!replica.life.isRunning || !weather.brings('replicas freeze', 1)) return;
    trace.tell(replica.name, () => 'freezes');
    replica.life.freeze();
    scheduler.after(this.random.next() * 8_000, () => {
      trace.tell(replica.name, () => 'goes on');
      replica.life.thaw();
    });
  }

  /** For a while the old primary does not know that it is none. */
  private elect(): void {
    const { set, weather, scheduler } = this.world;
    if (!set.hasPrimary || set.isCutOff || !weather.brings('store elects another primary', 1)) return;
    set.isCutOff = true;
    scheduler.after((this.random.next() * electionMaxMs) / 2, () => set.stepDown());
    scheduler.after(electionMaxMs / 2 + (this.random.next() * electionMaxMs) / 2, () => {
      set.elect(this.random.next());
      set.confirm(this.random.chance(0.5) ? set.head : 0);
    });
  }

  private takeBus(): void {
    const { bus, weather, scheduler } = this.world;
    if (!weather.brings('bus is away', 1)) return;
    bus.isAway = true;
    scheduler.after(this.random.next() * 5_000, () => (bus.isAway = false));
  }

  private disconnect(): void {
    if (this.world.weather.brings('connections break', 1)) this.random.pick(this.devices).disconnect();
  }
}
