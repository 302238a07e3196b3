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
  const ofNginx = ['HTTP_PORT', 'HTTPS_PORT'];
  expect(names.filter((name) => !known.has(name) && !ofNginx.includes(name))).toEqual([]);
});

test.skipIf(!hasSystemd)('systemd takes the units as they are (not where there is no systemd-analyze)', () => {
  expect(verify(units.map((unit) => [unit, textOf(unit)] as const))).toBe('');
  const misspelt = textOf('roost-migrate.service').replace('TimeoutStartSec', 'TimeoutStartSecs');
  expect(verify([['roost-migrate.service', misspelt]])).toContain('TimeoutStartSecs');
});

/** Programs that are not on this machine are left out of it: another one stands for them. */
function verify(files: readonly (readonly [string, string])[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'roost-units-'));
  try {
    const paths = files.map(([name, text]) => {
      const path = join(dir, name.replace('@', '@3001'));
      writeFileSync(path, text.replaceAll(/^(Exec(?:Start|StartPost|Reload)=)\S+/gm, '$1/bin/true'));
      return path;
    });
    const { stdout, stderr } = spawnSync('systemd-analyze', ['--man=no', 'verify', ...paths], { encoding: 'utf8' });
    return `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line.includes(dir))
      .join('\n');
  } finally {
    rmSync(dir, { recursive: true });
  }
}
