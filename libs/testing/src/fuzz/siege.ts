import type { Cluster } from '../cluster.js';
import { Random } from '../random.js';
import { Attackers } from './attackers.js';
import { attacks } from './attacks.js';
import type { AttackName } from './attacks.js';

/** Attacks that go on at the same time, each lane with choices of its own from the seed. */
const lanes = 8;
/** Somebody else from time to time: a person has so many chats, and a session may be signed out by an attack. */
const attacksAPerson = 200;
const notesMax = 60;
const noteCharsMax = 2_000;

const names = Object.keys(attacks) as AttackName[];

export class Siege {
  readonly counts: Record<AttackName, number> = { websocket: 0, polling: 0, upgrade: 0, http: 0 };
  /** What was done last, of all lanes. */
  readonly notes: string[] = [];
  private readonly lanes: Random[];
  private readonly attackers: Attackers;
  private total = 0;
  private ended = false;

  /** @param strangers ids that exist and are none of the attackers' */
  constructor(
    private readonly cluster: Cluster,
    { seed, strangers }: { seed: number; strangers: readonly string[] },
  ) {
    this.lanes = Array.from({ length: lanes }, (_, number) => new Random(seed * lanes + number));
    this.attackers = new Attackers(cluster, strangers);
  }

  /** Attacks for this long; goes on where it was left. */
  async last(forMs: number): Promise<void> {
    const endAtMs = performance.now() + forMs;
    await Promise.all(
      this.lanes.map(async (random) => {
        while (!this.ended && performance.now() < endAtMs) await this.attack(random);
      }),
    );
  }

  /** What is going on ends soon. */
  end(): void {
    this.ended = true;
  }

  private async attack(random: Random): Promise<void> {
    const name = random.pick(names);
    const number = ++this.total;
    const words = await this.attackers.named(`mallory-${name}-${Math.floor(number / (attacksAPerson * names.length))}`);
    const note = (what: string) => this.note(`${number} ${name}: ${JSON.stringify(what.slice(0, noteCharsMax))}`);
    await attacks[name]({ url: this.cluster.url(), random, words, note });
    this.counts[name]++;
  }

  private note(line: string): void {
    this.notes.push(line);
    if (this.notes.length > notesMax) this.notes.shift();
  }
}
