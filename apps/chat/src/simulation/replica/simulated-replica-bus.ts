import { Envelope } from '../../cluster/homes/envelopes.js';
import type { ReplicaBus } from '../../cluster/homes/replica-bus.js';
import type { Bus } from '../bus.js';
import type { Life } from './life.js';

/** What replicas say to each other, by the schema that it has on its way through Redis. */
export class SimulatedReplicaBus implements ReplicaBus {
  constructor(
    readonly self: string,
    private readonly life: Life,
    private readonly bus: Bus,
  ) {}

  async send(to: 'all' | { readonly replica: string }, envelope: Envelope): Promise<boolean> {
    return this.bus.publish(this.self, channelOf(to), JSON.stringify(envelope));
  }

  onEnvelope(listener: (envelope: Envelope) => void): void {
    const hear = (message: unknown) => listener(Envelope.parse(JSON.parse(String(message))));
    for (const channel of [channelOf('all'), channelOf({ replica: this.self })])
      this.bus.subscribe({ name: this.self, life: this.life, channel, hear });
  }
}

const channelOf = (to: 'all' | { readonly replica: string }): string =>
  to === 'all' ? 'replicas' : `replica#${to.replica}`;
