import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loopbackAddresses } from './free-port.js';
import { type NginxSettings, writeNginxConfig } from './nginx-config.js';
import { projectRoot, systemEnv } from './programs.js';

const dir = join(tmpdir(), `roost-nginx-config-${process.pid}`);
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('every replica is one server line, and no name is left unfilled', () => {
  writeNginxConfig({ dir, port: 8080, replicaPorts: [1001, 1002], webRoot: '/srv/page' });
  const text = readFileSync(join(dir, 'nginx.conf'), 'utf8');
  expect(text.match(/server 127\.0\.0\.1:\d+/g)).toEqual(['server 127.0.0.1:1001', 'server 127.0.0.1:1002']);
  expect(text).toContain('listen 127.0.0.1:8080;');
  expect(text.includes('listen [::1]:8080;')).toBe(loopbackAddresses().includes('::1'));
  expect(readlinkSync(join(dir, 'page'))).toBe('/srv/page');
  expect(text).not.toMatch(/\{\{|\}\}(?!\s*$)/);
});

/** Both files that `write-settings` makes where at most so many files may be open. */
function writtenSettings(mostFiles: number, settings: NginxSettings = {}): string {
  mkdirSync(dir, { recursive: true });
  const script = join(projectRoot(), 'nginx/write-settings');
  execFileSync('sh', ['-c', `ulimit -n ${mostFiles} && exec '${script}' '${dir}'`], {
    env: { ...systemEnv(), ...settings },
  });
  return readFileSync(join(dir, 'process.conf'), 'utf8') + readFileSync(join(dir, 'settings.conf'), 'utf8');
}

test.each([
  [600, 600],
  [20_000, 16_896],
])('where %i files may be open, a worker takes no more connections than it may open files', (mostFiles, files) => {
  const text = writtenSettings(mostFiles);
  expect(text).toContain(`worker_rlimit_nofile ${files};`);
  const [, connections] = /worker_connections (\d+);/.exec(text) ?? [];
  expect(Number(connections)).toBeGreaterThan(files * 0.9);
  expect(Number(connections)).toBeLessThan(files);
});

test('without settings no proxy is trusted and no origin may read', () => {
  const text = writtenSettings(600);
  expect(text).not.toMatch(/set_real_ip_from|real_ip_header|http_origin;/);
});

test('origins of apps and of a level of subdomains may read as well', () => {
  const text = writtenSettings(600, { FRONTEND_URL: 'https://*.Example.org:443,capacitor://localhost' });
  expect(text).toContain(String.raw`'~^https://[a-z0-9_-]+\.example\.org$' $http_origin;`);
  expect(text).toContain("'capacitor://localhost' $http_origin;");
});

test.each([
  [{ TRUSTED_PROXIES: '10.0.0.0/8; include /etc/passwd' }, "TRUSTED_PROXIES: '10.0.0.0/8;' is no address"],
  [{ TRUSTED_PROXIES: 'proxy.example.org' }, "TRUSTED_PROXIES: 'proxy.example.org' is no address"],
  [{ FRONTEND_URL: "https://a.example';" }, "FRONTEND_URL: 'https://a.example';' is no origin"],
  [{ FRONTEND_URL: '*' }, "FRONTEND_URL: '*' is no origin"],
])('%j is refused', (settings, problem) => {
  const place = { dir, port: 8080, replicaPorts: [1001], webRoot: '/srv/page', settings };
  expect(() => writeNginxConfig(place)).toThrow(problem);
});
