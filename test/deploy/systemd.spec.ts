import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '@roost/local-cluster';
import { settingsList } from '@roost/settings';
import { expect, test } from 'vitest';

const folder = join(projectRoot(), 'deploy/systemd');
const units = readdirSync(folder).filter((name) => name.endsWith('.service'));
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

test('every variable of the units is a setting', () => {
  const known = new Set<string>(settingsList.map(({ name }) => name));
  const names = units.flatMap((unit) =>
    [...textOf(unit).matchAll(/^Environment=(.*)$/gm)].flatMap(([, all]) => all!.match(/[A-Z_]+(?==)/g) ?? []),
  );
  expect(names.length).toBeGreaterThan(3);
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});

test.skipIf(!hasSystemd)('systemd takes the units as they are (not where there is no systemd-analyze)', () => {
  expect(verify(units.map((unit) => [unit, textOf(unit)]))).toBe('');
  const misspelt = textOf('roost-migrate.service').replace('TimeoutStartSec', 'TimeoutStartSecs');
  expect(verify([['roost-migrate.service', misspelt]])).toContain('TimeoutStartSecs');
});

/** Programs that are not on this machine are left out of it: another one stands for them. */
function verify(files: string[][]): string {
  const dir = mkdtempSync(join(tmpdir(), 'roost-units-'));
  try {
    for (const [name, text] of files) {
      writeFileSync(join(dir, name!), text!.replaceAll(/^(ExecStart(?:Post)?=)\S+/gm, '$1/bin/true'));
    }
    const paths = files.map(([name]) => join(dir, name!.replace('@', '@3001')));
    for (const [index, [name, text]] of files.entries()) {
      writeFileSync(paths[index]!, readFileSync(join(dir, name!), 'utf8') || text!);
    }
    const { stdout, stderr } = spawnSync('systemd-analyze', ['--man=no', 'verify', ...paths], { encoding: 'utf8' });
    return `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line.includes(dir))
      .join('\n');
  } finally {
    rmSync(dir, { recursive: true });
  }
}
