import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot, startStore } from '@roost/local-cluster';
import { mongo } from 'mongoose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { awaitedLater } from '../../../test/support/awaited-later.js';

const soak = (args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
  promisify(execFile)(process.execPath, [join(projectRoot(), 'dist/apps/soak/src/main.js'), ...args], { env });

/** A session in which nobody edits, deletes or answers what the test takes away: its loss is found at the end. */
const onlySends = 474;

test('one short session: tells what it was, and ends well', async () => {
  const { stdout } = await soak(['--minutes', '0', '--steps', '3', '--seed', '5']);
  expect(stdout).toMatch(/session 1 {2}seed 5 {2}3 steps, \d+ messages, \d+ faults/);
  expect(stdout).toContain('nothing lost, nothing doubled in 1 sessions: 3 steps');
});

test('one short walk: tells what came to whom, and ends well', async () => {
  const { stdout } = await soak(['--walk', '--minutes', '0', '--seconds', '3', '--seed', '5']);
  expect(stdout).toMatch(/walk 1 {2}seed 5 {2}\d+ steps, \d+ messages, \d+ faults/);
  expect(stdout).toMatch(/ {2}ada: \d+ KiB came, [\d.]+ times what was new, over \d+ connections/);
  expect(stdout).toContain('all agree, nothing lost, nothing doubled in 1 walks');
});

test('a message that is lost ends it with 1 and the steps; the same seed takes the same steps', async () => {
  const { databaseUri, client } = await store();
  const runs: string[][] = [];
  for (const name of ['first', 'second']) {
    const over = new AbortController();
    const losing = awaitedLater(loseOne(client, over.signal));
    const args = ['--minutes', '0', '--steps', '8', '--seed', String(onlySends)];
    const outcome = await soak(args, { ...process.env, MONGODB_URI: databaseUri(name) }).catch(
      (error: unknown) => error,
    );
    over.abort();
    await losing;
    expect(outcome).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /FAILED: seed \d+: (messages are numbered|acknowledged and lost|.* has not what is stored)/,
      ),
    });
    const { stderr, stdout } = outcome as { stderr: string; stdout: string };
    expect(stdout).not.toContain('nothing lost');
    runs.push(
      [...stderr.matchAll(/^ *(\d+\.) +[\d.]+ s {2}([^:\n]*)/gm)].map(([, number, what]) => `${number} ${what}`),
    );
    const [, logs] = /logs of all parts are in (.*)/.exec(stderr) ?? [];
    rmSync(logs ?? '', { recursive: true });
  }
  expect(runs[0]).toHaveLength(9); // and "everything works again"
  expect(runs[1]).toEqual(runs[0]);
}, 180_000);

test('help is asked for, and a wrong option is named', async () => {
  expect((await soak(['--help'])).stdout).toContain('npm run soak');
  await expect(soak(['--minutes', 'many'])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--minutes'),
  });
});

/** A store that the test reaches as well. */
async function store() {
  const dir = mkdtempSync(join(tmpdir(), 'roost-soak-'));
  const { part, databaseUri } = await startStore({ dir });
  const client = await mongo.MongoClient.connect(databaseUri('admin'));
  onTestFinished(async () => {
    await client.close();
    await part?.stop();
    rmSync(dir, { recursive: true });
  });
  return { databaseUri, client };
}

/** Takes the first message away from the store, behind everybody's back, as soon as it is there. */
async function loseOne(client: mongo.MongoClient, over: AbortSignal): Promise<void> {
  await vi.waitUntil(
    async () => {
      const { databases } = await client.db().admin().listDatabases();
      for (const { name } of databases.filter((one) => one.name.startsWith('roost_test_'))) {
        // What is not acknowledged yet would be stored again at its place, and nothing would be lost.
        const createdAt = { $lt: new Date(Date.now() - 1_000) };
        const { deletedCount } = await client.db(name).collection('messages').deleteOne({ seq: 1, createdAt });
        if (deletedCount > 0) return true;
      }
      return over.aborted;
    },
    { timeout: 60_000 },
  );
}
