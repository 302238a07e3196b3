import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RoostClient, signIn } from '@roost/client';
import { freePort } from '@roost/local-cluster';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Run, dropDatabase, endRuns, processOf, runCluster, says } from './support/runs.js';

// A whole cluster, on a machine that runs other tests meanwhile.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

/** A third of the clients is served elsewhere within this time. */
const elsewhereMs = 10_000;
/** Longest wait for anything else; on a quiet machine it is a third of that. */
const patienceMs = 30_000;

const data = mkdtempSync(join(tmpdir(), 'roost-faults-'));
const clients: RoostClient[] = [];
let run: Run;
let url: string;
let chatId: string;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  run = runCluster('--data', data, '--replicas', '3', '--port', String(port));
  await says(run, /Ready after/);
  for (const name of ['ada', 'grace', 'linus']) {
    const [, password = ''] = await says(run, new RegExp(`${name}@example\\.com\\s+(\\S+)`));
    const session = await signIn(url, { email: `${name}@example.com`, password });
    for (let device = 0; device < 3; device++) {
      const client = new RoostClient({ url, token: session.accessToken });
      await client.connect();
      clients.push(client);
    }
    const [chat] = (await session.api.call('chats.list', { query: { limit: 1 } })).items;
    chatId = chat!.id;
  }
});
afterAll(async () => {
  for (const client of clients) client.close();
  await endRuns();
  await dropDatabase();
  rmSync(data, { recursive: true, force: true });
});

/** The first says something, and all others hear it. */
async function messagesFlow(withinMs: number): Promise<void> {
  const text = `said at ${Date.now()}`;
  const [sender, ...others] = clients;
  const heard = others.map((client) => client.next('message:new', (message) => message.text === text, withinMs));
  await Promise.all([sender!.send(chatId, text), ...heard]);
}

/** Gives what the cluster says from now on. */
function fromNowOn(): () => string {
  const from = run.said.length;
  return () => run.said.slice(from);
}

const stores = process.env['MONGODB_URI'] === undefined ? ['redis', 'store'] : ['redis'];
test.each([...stores, 'nginx', 'chat-3'])(
  '%s is killed: it is named and started again, and messages flow',
  async (name) => {
    const pid = await processOf(run, name);
    const said = fromNowOn();
    process.kill(pid, 'SIGKILL');
    const toldOf = new RegExp(`${name} died \\(signal SIGKILL\\)[^]*\\| .*[^]*${name} is back after`);
    await vi.waitUntil(() => toldOf.test(said()), patienceMs);
    await vi.waitFor(() => messagesFlow(5_000), { timeout: patienceMs, interval: 0 });
    expect(run.process.exitCode).toBeNull();
  },
);

test('G6 a replica that hangs is killed and started again; its clients and requests are served elsewhere within 10 s', async () => {
  // Not one that was started anew above, for what is said at the start tells the process.
  const struck = clients.map(({ session }) => session!.replica).find((name) => name !== 'chat-3')!;
  const pid = await processOf(run, struck);
  const said = fromNowOn();
  const before = clients.map(({ session }) => session);
  process.kill(pid, 'SIGSTOP');
  const frozenAt = performance.now();
  const reads = Array.from({ length: 9 }, async () => {
    const { status } = await fetch(`${url}/users/me`, { signal: AbortSignal.timeout(elsewhereMs) });
    return status;
  });
  expect(new Set(await Promise.all(reads))).toEqual(new Set([401]));
  // Not the name alone: a client that comes late finds the replica started anew.
  const isServed = ({ session, state }: RoostClient, index: number) =>
    state.name === 'live' && (session?.replica !== struck || session !== before[index]);
  await vi.waitUntil(() => clients.every(isServed), elsewhereMs);
  expect(performance.now() - frozenAt).toBeLessThan(elsewhereMs);
  await messagesFlow(patienceMs);
  await vi.waitUntil(() => new RegExp(`${struck} hangs: [^]*${struck} is back after`).test(said()), patienceMs);
});
