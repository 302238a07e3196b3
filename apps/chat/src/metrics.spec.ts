import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { declaredMetrics, renderMetrics } from '@roost/observability';
import { expect, test } from 'vitest';
import { countCommand, countRefusal } from './doors/metrics.js';
import './metrics.js';
import { countFact, metrics } from './sockets/metrics.js';

const textOf = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8');
const declares = /import \{[^}]*\b(counter|gauge|histogram)\b[^}]*\} from '@roost\/observability'/;

test('every file that declares metrics is among those of the docs', () => {
  const listed = [...textOf('metrics.ts').matchAll(/^import '\.\/(.+)\.js';$/gm)].map(([, file]) => `${file}.ts`);
  const found = globSync('**/*.ts', { cwd: import.meta.dirname }).filter((file) => declares.test(textOf(file)));
  expect(found.length).toBeGreaterThan(0);
  expect(listed.toSorted()).toEqual(found.toSorted());
});

test('every metric is ours by name and says what it means', () => {
  for (const { name, kind, help } of declaredMetrics()) {
    expect(name).toMatch(/^roost_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    expect(help).toMatch(/\.$/);
  }
});

test('commands, facts and refusals are counted under their names', async () => {
  countCommand('message:send', 'ok', 3);
  countCommand('message:send', 'ok', 30);
  countCommand('message:send', 'refused', 1);
  countFact('message:new');
  countRefusal('chat/access_denied', 'command');
  const { text, contentType } = await renderMetrics();
  expect(contentType).toContain('text/plain');
  expect(text).toContain('roost_commands_total{command="message:send",outcome="ok"} 2');
  expect(text).toContain('roost_commands_total{command="message:send",outcome="refused"} 1');
  expect(text).toContain('roost_command_duration_seconds_bucket{le="0.005",command="message:send"} 2');
  expect(text).toContain('roost_facts_emitted_total{fact="message:new"} 1');
  expect(text).toContain('roost_refusals_total{code="chat/access_denied",door="command"} 1');
});

test('a flood of names ends up under one label', async () => {
  for (let number = 0; number < 1000; number++) countFact(`noise:${number}`);
  const { values } = await metrics.factsEmittedTotal.get();
  expect(values.length).toBeLessThanOrEqual(201);
  expect(values.find(({ labels }) => labels.fact === 'other')?.value).toBeGreaterThanOrEqual(799);
});

test('what is counted by labels begins at 0, for all that is known of them', async () => {
  const { text } = await renderMetrics();
  for (const series of [
    'roost_commands_total{command="message:edit",outcome="failed"}',
    'roost_facts_emitted_total{fact="message:edited"}',
    'roost_http_requests_total{method="GET",route="/chats/:chatId/messages",status="503"}',
    'roost_refusals_total{code="server/overloaded",door="handshake"}',
    'roost_sign_ins_total{kind="login",outcome="limited"}',
    'roost_sockets_closed_total{code="client/flooding"}',
    'roost_store_errors_total{reason="disk_full"}',
  ])
    expect(text).toContain(`${series} 0\n`);
});
