import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { writeNginxConfig } from './nginx-config.js';

const dir = join(tmpdir(), `roost-nginx-config-${process.pid}`);
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('every replica is one server line, and no name is left unfilled', () => {
  const main = writeNginxConfig({ dir, port: 8080, replicaPorts: [1001, 1002], webRoot: '/srv/page' });
  const text = readFileSync(main, 'utf8');
  expect(text.match(/server 127\.0\.0\.1:\d+/g)).toEqual(['server 127.0.0.1:1001', 'server 127.0.0.1:1002']);
  expect(text).toContain('listen 127.0.0.1:8080;');
  expect(text).toContain('root /srv/page;');
  expect(text).not.toMatch(/\{\{|\}\}(?!\s*$)/);
});

test('a path that nginx would read as something else is refused', () => {
  const place = { dir, port: 8080, replicaPorts: [1001], webRoot: '/srv/my page;' };
  expect(() => writeNginxConfig(place)).toThrow('nginx cannot be given the path "/srv/my page;"');
});
