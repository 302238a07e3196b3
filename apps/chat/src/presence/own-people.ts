import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { PresenceState } from '@roost/contract';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { Clock } from '../kernel/clock.js';
import { LocalSockets } from '../sockets/local-sockets.js';
import type { States } from './presence.store.js';

/** Who has no socket any more for so long has left: a reload or a change of replica is no leaving. */
const leavingMs = 10_000;
/** What moves within this time is told together. */
const gatherMs = 200;

type AtDevice = Exclude<PresenceState, 'offline'>;

interface Person {
  /** Of each socket. */
  readonly devices: Map<string, AtDevice>;
  /** What they were when their last device went: that they are until it is clear that they do not come back. */
  last: AtDevice;
  /** Ends the waiting for that. */
  stay: () => void;
}

/** The people who are connected to this replica, and where they are. */
@Injectable()
export class OwnPeople implements OnApplicationBootstrap {
  private readonly people = new Map<string, Person>();
  private readonly listeners: ((states: States) => void)[] = [];
  /** What others know of those who have moved since. */
  private readonly moved = new Map<string, PresenceState>();

  constructor(
    private readonly sockets: LocalSockets,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.sockets.onConnected((socket) => this.connected(socket));
    this.sockets.onGone((socket) => this.disconnected(socket.data.caller.userId, socket.id));
  }

  /** Calls `listener` with those who have come, gone or are away, some at a time. */
  onMoved(listener: (states: States) => void): void {
    this.listeners.push(listener);
  }

  get all(): States {
    return new Map(Array.from(this.people.keys(), (userId) => [userId, this.stateOf(userId)]));
  }

  stateOf(userId: string): PresenceState {
    const person = this.people.get(userId);
    if (!person) return 'offline';
    const states = [...person.devices.values()];
    if (states.length === 0) return person.last;
    return states.includes('online') ? 'online' : 'away';
  }

  set(socket: ChatSocket, state: AtDevice): void {
    const { userId } = socket.data.caller;
    const devices = this.people.get(userId)?.devices;
    if (devices?.has(socket.id)) this.change(userId, () => devices.set(socket.id, state));
  }

  private connected(socket: ChatSocket): void {
    const { userId } = socket.data.caller;
    this.change(userId, () => {
      const person = this.people.get(userId) ?? {
        devices: new Map<string, AtDevice>(),
        last: 'online',
        stay: () => {},
      };
      person.stay();
      person.devices.set(socket.id, 'online');
      this.people.set(userId, person);
    });
  }

  private disconnected(userId: string, socketId: string): void {
    const person = this.people.get(userId);
    const device = person?.devices.get(socketId);
    if (!person || !device) return;
    person.last = device;
    this.change(userId, () => person.devices.delete(socketId));
    if (person.devices.size > 0) return;
    const leave = () => this.change(userId, () => this.people.delete(userId));
    person.stay = this.clock.after('presence', leavingMs, leave);
  }

  private change(userId: string, work: () => void): void {
    const before = this.stateOf(userId);
    work();
    if (this.stateOf(userId) === before) return;
    if (this.moved.size === 0) this.clock.after('presence', gatherMs, () => this.tell());
    if (!this.moved.has(userId)) this.moved.set(userId, before);
  }

  private tell(): void {
    const now = Array.from(this.moved, ([userId, before]) => ({ userId, before, state: this.stateOf(userId) }));
    this.moved.clear();
    const states = new Map(
      now.filter(({ before, state }) => state !== before).map(({ userId, state }) => [userId, state]),
    );
    if (states.size > 0) for (const listener of this.listeners) listener(states);
  }
}
