import { Device } from './device.js';
import { Editor } from './editor.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';
import type { World } from '../world.js';

/** What all people do in a run. */
export class Walk {
  readonly devices: readonly Device[];
  private readonly chats: readonly string[];
  private readonly walkers: readonly (Writer | Editor)[];

  constructor(private readonly world: World) {
    const { chats, devices } = world.plan;
    this.chats = Array.from({ length: chats }, (_, index) => idOf('c', index));
    // Two devices are one person's.
    this.devices = Array.from(
      { length: devices },
      (_, index) => new Device(`device-${index + 1}`, idOf('a', index >> 1), world),
    );
    this.walkers = this.devices.flatMap((device) => [new Writer(device, this.chats, world), new Editor(device, world)]);
  }

  /** Everybody has been told what became of all that he wanted. */
  get isDone(): boolean {
    return this.walkers.every(({ isDone }) => isDone);
  }

  /** @param withinMs by then all is begun */
  start(withinMs: number): void {
    for (const walker of this.walkers) walker.start(withinMs);
    for (const device of this.devices) new Reader(device, this.chats, this.world).start(withinMs);
  }
}

/** 24 hexadecimal digits. */
const idOf = (kind: string, index: number): string => kind.padEnd(20, '0') + String(index).padStart(4, '0');
