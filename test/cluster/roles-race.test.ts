import { expect, vi } from 'vitest';
import { ChatError, roles as allRoles } from '@roost/contract';
import type { Role } from '@roost/contract';
import { Random } from '@roost/testing';
import type { Cluster, TestClient } from '@roost/testing';
import { oid } from '../support/chat-story.js';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const test = sharedClusterTest(threeReplicas);
/** Another seed, other acts: `ROLES_SEED=7 npx vitest run --project cluster roles-race`. */
const seed = Number(process.env['ROLES_SEED'] ?? 1);
const rounds = 25;
const names = ['ada', 'grace', 'linus', 'hedy', 'joan'] as const;

/** What may be said to who is overtaken by the others. */
const honest = new Set([
  'chat/access_denied',
  'chat/role_required',
  'chat/owner_required',
  'member/unknown',
  'member/banned',
]);

/** Somebody with a device on each replica. */
interface Person {
  readonly id: string;
  readonly name: string;
  readonly devices: readonly TestClient[];
}

const deeds = [
  'update',
  'update',
  'update',
  'update',
  'update',
  'update',
  'hand over',
  'remove',
  'ban',
  'unban',
  'unban',
  'add',
  'add',
  'add',
  'add',
  'leave',
] as const;

interface Step {
  readonly what: string;
  readonly take: () => Promise<unknown>;
}

/** Something that one of them tries, mostly to change a role; now and then again through the other replica, as one whose answer was lost does. */
function stepOf(
  random: Random,
  { chatId, people, mighty }: { chatId: string; people: readonly Person[]; mighty: readonly Person[] },
  count: number,
): Step {
  const [by, other] = [random.pick(random.chance(0.7) ? mighty : people), random.pick(people)];
  const role = random.pick(allRoles);
  const named = random.chance(0.5) ? { clientMutationId: `act-${count}` } : {};
  const request = { chatId, userId: other.id, ...named };
  const act = random.pick(deeds);
  const on = (device: TestClient): Promise<unknown> => {
    if (act === 'update') return device.sdk.command('member:update', { ...request, role });
    if (act === 'hand over') return device.sdk.command('member:update', { ...request, role: 'owner' });
    if (act === 'remove') return device.sdk.command('member:remove', request);
    if (act === 'ban') return device.sdk.command('member:ban', request);
    if (act === 'unban') return device.sdk.command('member:unban', request);
    if (act === 'leave') return device.sdk.command('member:leave', { chatId, ...named });
    return device.sdk.command('member:add', { chatId, userIds: [other.id], ...named });
  };
  const devices = random.chance(0.4) ? by.devices : [random.pick(by.devices)];
  return {
    what: `${by.name} ${act} ${other.name} ${role}`,
    take: () => Promise.all(devices.map((device) => on(device).catch(mustBeHonest))),
  };
}

function mustBeHonest(error: unknown): void {
  if (!(error instanceof ChatError) || !honest.has(error.code)) throw error;
}

interface StoredChange {
  readonly rev: number;
  readonly kind: string;
  readonly by: { toHexString: () => string };
  readonly body: { readonly userId: string; readonly role: Role; readonly previousOwnerId?: string };
}

/**
 * Everybody's role after the log, which has one owner at every place of it. What changed a role was allowed by the roles before it.
 * Who was removed at the very moment of their act had the role they had.
 */
function replayed(log: readonly StoredChange[], first: ReadonlyMap<string, Role>): ReadonlyMap<string, Role> {
  const [roles, last] = [new Map(first), new Map(first)];
  const ownersOf = () => [...roles].flatMap(([id, role]) => (role === 'owner' ? id : []));
  for (const [index, { rev, kind, by, body }] of log.entries()) {
    expect(rev).toBe(index + 1);
    const [actor, before] = [last.get(by.toHexString()), roles.get(body.userId)];
    if (kind === 'member:added') roles.set(body.userId, body.role);
    if (kind === 'member:removed') {
      expect(before, `at ${rev} somebody is removed who is a member and does not own the chat`).toMatch(
        /admin|member|guest/,
      );
      roles.delete(body.userId);
    }
    if (kind === 'member:updated') {
      expect(before, `at ${rev} a member's role is changed`).toBeDefined();
      if (actor === 'admin') expect(`${before} ${body.role}`).toMatch(/^(member|guest) (member|guest)$/);
      else expect(actor, `who changes a role at ${rev}`).toBe('owner');
      roles.set(body.userId, body.role);
      if (body.role === 'owner') {
        expect(body.previousOwnerId).toBe(by.toHexString());
        roles.set(body.previousOwnerId!, 'admin');
      }
    }
    for (const [id, role] of roles) last.set(id, role);
    expect(ownersOf(), `owners at ${rev}`).toHaveLength(1);
  }
  return roles;
}

async function storedLog(cluster: Cluster, chatId: string): Promise<StoredChange[]> {
  const changes = (await cluster.mongo.database()).collection<StoredChange>('changes');
  return changes
    .find({ chatId: oid(chatId) })
    .sort({ rev: 1 })
    .toArray();
}

async function storedRoles(cluster: Cluster, chatId: string): Promise<ReadonlyMap<string, Role>> {
  const members = (await cluster.mongo.database()).collection<StoredMember>('members');
  const stored = await members.find({ chatId: oid(chatId), active: true }).toArray();
  return new Map(stored.map(({ userId, role }) => [userId.toHexString(), role]));
}

interface StoredMember {
  readonly userId: { toHexString: () => string };
  readonly role: Role;
}

const nameOf = (people: readonly Person[], userId: string): string => people.find(({ id }) => id === userId)!.name;

/** Whoever owns the chat lets everybody in again, so that there are people to do something to. */
async function letAllIn(cluster: Cluster, chatId: string, people: readonly Person[]): Promise<void> {
  const roles = await storedRoles(cluster, chatId);
  const { name, devices } = people.find(({ id }) => roles.get(id) === 'owner')!;
  const { items } = await cluster.api(name).call('bans.list', { params: { chatId } });
  for (const { user } of items) await devices[0]!.command('member:unban', { chatId, userId: user.id });
  await devices[0]!.command('member:add', { chatId, userIds: people.map(({ id }) => id) });
}

test(
  `C5 C6 C9 several change roles, hand over, remove and add at once on two replicas: one owner at every rev, and all show what is stored (seed ${seed})`,
  { timeout: 180_000 },
  async ({ cluster }) => {
    const random = new Random(seed);
    const { id: chatId } = await cluster.chat({ members: [...names] });
    const people: readonly Person[] = await Promise.all(
      names.map(async (name) => {
        const devices = await Promise.all([1, 2].map((replica) => cluster.client(name, { replica })));
        return { id: devices[0]!.userId, name, devices };
      }),
    );
    const [ada, ...others] = people;
    const first = new Map<string, Role>([[ada!.id, 'owner'], ...others.map(({ id }) => [id, 'member'] as const)]);
    let count = 0;
    for (let round = 0; round < rounds; round++) {
      const roles = await storedRoles(cluster, chatId);
      const mighty = people.filter(({ id }) => /owner|admin/.test(roles.get(id) ?? ''));
      expect(mighty, 'who owns the chat').not.toEqual([]);
      const steps = Array.from({ length: 10 }, () => stepOf(random, { chatId, people, mighty }, count++));
      await Promise.all(steps.map(({ take }) => take()));
      if (random.chance(0.5)) await letAllIn(cluster, chatId, people);
    }

    const log = await storedLog(cluster, chatId);
    const roles = replayed(log, first);
    const changed = log.filter(({ kind }) => kind === 'member:updated');
    expect(changed.length).toBeGreaterThan(10);
    expect(changed.some(({ body }) => body.previousOwnerId)).toBe(true);

    const database = await cluster.mongo.database();
    const [owner] = [...roles].find(([, role]) => role === 'owner')!;
    const ownerName = nameOf(people, owner);
    const chat = await database.collection('chats').findOne({ _id: oid(chatId) });
    expect(chat).toMatchObject({ ownerId: oid(owner), memberCount: roles.size, rolesRev: changed.at(-1)!.rev });
    expect(await storedRoles(cluster, chatId)).toEqual(roles);
    const bans = await cluster.api(ownerName).call('bans.list', { params: { chatId } });
    expect(bans.items.filter(({ user }) => roles.has(user.id))).toEqual([]);
    const { items } = await cluster.api(ownerName).call('members.list', { params: { chatId } });
    expect(new Map(items.map(({ user, role }) => [user.id, role]))).toEqual(roles);

    for (const { id, name, devices } of people) {
      const fresh = await cluster.client(name);
      expect(fresh.sdk.view(chatId)?.chat.role, `${name}, who comes new`).toBe(roles.get(id));
      for (const device of devices)
        await vi.waitFor(() => expect(chatShown(device), name).toEqual(chatShown(fresh)), {
          timeout: patienceMs,
          interval: 50,
        });
    }

    function chatShown({ sdk }: TestClient) {
      const shown = sdk.view(chatId)?.chat;
      return shown && { ...shown, members: shown.members?.map(({ id }) => id).toSorted() };
    }
  },
);
