import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { Cluster } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';

const test = clusterTest();
const root = join(import.meta.dirname, '../..');
const folder = join(root, 'deploy/prometheus');
const rules = readFileSync(join(folder, 'roost.rules.yml'), 'utf8');
const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8');

const allOf = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found);
const alerts = allOf(rules, /- alert: (\w+)/g);
const expressions = allOf(rules, /^ +expr: (.+)$/gm).join('\n');

/** Debian's package `prometheus` has it. */
async function promtool(...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('promtool', args, { cwd: folder });
  return stdout + stderr;
}

test.for([
  ['the configuration and its rules are well-formed', ['check', 'config', 'prometheus.yml']],
  ['no alert fires for a healthy cluster', ['test', 'rules', 'healthy.test.yml']],
  ['each alert fires for what it is about', ['test', 'rules', 'broken.test.yml']],
] as const)('%s', async ([_title, args]) => {
  expect(await promtool(...args)).toContain('SUCCESS');
});

test('each alert is tried with a healthy cluster and with a broken one, and has its section in the runbook', () => {
  expect(alerts.length).toBeGreaterThan(20);
  for (const file of ['healthy.test.yml', 'broken.test.yml'])
    expect(allOf(readFileSync(join(folder, file), 'utf8'), /alertname: (\w+)/g)).toEqual(alerts);
  expect(allOf(runbook, /^## (\w+)$/gm)).toEqual(alerts);
  expect(allOf(rules, /runbook: docs\/runbook\.md#(\w+)$/gm)).toEqual(alerts.map((alert) => alert.toLowerCase()));
});

const metricsOf = async (cluster: Cluster) => String((await cluster.http('GET /metrics')).body);

test('a replica has every metric that the alerts and the runbook name', async ({ cluster }) => {
  const text = await metricsOf(cluster);
  const named = allOf(`${expressions}\n${runbook}`, /\b((?:roost|process|nodejs)_\w+)/g);
  const names = new Set(named.map((name) => name.replace(/_bucket$/, '')));
  expect(names.size).toBeGreaterThan(25);
  expect([...names].filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
});

test('its metrics have the labels by which the alerts choose', async ({ cluster }) => {
  const lines = (await metricsOf(cluster)).split('\n');
  const chosen = [...expressions.matchAll(/\b(roost_\w+)\{([^}]*)\}/g)].map(([, name = '', labels = '']) => ({
    name,
    labels: labels.split(',').map((one) => (/=~|!/.test(one) ? one.replace(/(=~|!=|!~).*/, '=') : one)),
  }));
  const isThere = ({ name, labels }: (typeof chosen)[number]) =>
    lines.some((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)));
  // Counted at the first command.
  const begun = chosen.filter(({ name }) => name !== 'roost_command_duration_seconds_bucket');
  expect(begun.filter((one) => !isThere(one))).toEqual([]);
});
