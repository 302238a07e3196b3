import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { projectRoot } from '@roost/local-cluster';
import { afterAll, beforeEach, expect, test } from 'vitest';

const dir = mkdtempSync(join(tmpdir(), 'roost-backup-'));
const [log, dump, file] = [join(dir, 'log'), join(dir, 'dump'), join(dir, 'backup')];
afterAll(() => rmSync(dir, { recursive: true }));

/** Stands for Docker: writes down what it is asked for, answers a dump with the file `dump`, fails where it is told to. */
const docker = `#!/bin/sh
echo "$*" >> '${log}'
case "$*" in *mongodump*) cat '${dump}' ;; *mongorestore*) cat > '${join(dir, 'restored')}' ;; esac
case "$*" in *"$FAILING"*) exit 1 ;; esac
`;

beforeEach(() => {
  for (const name of readdirSync(dir)) rmSync(join(dir, name));
  writeFileSync(join(dir, 'docker'), docker);
  chmodSync(join(dir, 'docker'), 0o755);
  writeFileSync(dump, gzipSync('everything'));
});

const run = (script: string, args: string[], failing = 'nothing') =>
  spawnSync(join(projectRoot(), 'deploy', script), args, {
    cwd: dir,
    env: { PATH: `${dir}:${process.env['PATH']}`, FAILING: failing },
    encoding: 'utf8',
  });
const asked = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);

test('a backup is of one moment, and there under its name once it is whole', () => {
  expect(run('backup', ['backup'])).toMatchObject({ status: 0, stdout: expect.stringContaining(`${file}: `) });
  expect(gunzipSync(readFileSync(file)).toString()).toBe('everything');
  expect(asked()).toEqual(['compose exec -T mongo mongodump --oplog --archive --gzip --quiet']);
  expect(run('backup', ['backup'])).toMatchObject({ status: 1, stderr: `backup: ${file} is there already\n` });
});

test.each([
  ['mongodump fails', () => 'mongodump', 'mongodump failed'],
  ['the dump breaks off', () => (writeFileSync(dump, gzipSync('everything').subarray(0, 12)), 'nothing'), 'not whole'],
])('there is no file where %s', (_, failing, words) => {
  expect(run('backup', ['backup'], failing())).toMatchObject({ status: 1, stderr: expect.stringContaining(words) });
  expect(readdirSync(dir).filter((name) => name.startsWith('backup'))).toEqual([]);
});

test('a restore stops the replicas, puts everything back, has clients begin anew, and starts all', () => {
  writeFileSync(file, gzipSync('everything'));
  expect(run('restore', ['backup'])).toMatchObject({ status: 0 });
  expect(asked()).toEqual([
    'compose stop nginx chat',
    'compose up --detach --wait --no-deps mongo',
    'compose exec -T mongo mongorestore --drop --oplogReplay --archive --gzip --quiet',
    'compose run --rm migrate node --enable-source-maps dist/apps/chat/src/migrate.js --restored',
    'compose up --detach --wait',
  ]);
  expect(gunzipSync(readFileSync(join(dir, 'restored'))).toString()).toBe('everything');
});

test('nothing is stopped for a file that is no backup; where restoring fails replicas stay stopped', () => {
  writeFileSync(file, 'no archive');
  expect(run('restore', ['backup']).status).toBe(1);
  expect(asked()).toEqual([]);
  writeFileSync(file, gzipSync('everything'));
  expect(run('restore', ['backup'], 'mongorestore').stderr).toContain('replicas stay stopped');
  expect(asked().at(-1)).toContain('mongorestore');
});
