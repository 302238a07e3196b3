import { expect, it } from 'vitest';
import { countCommand, countFact, countRefusal } from './count.js';
import { metrics, metricsList, renderMetrics } from './metrics.js';

it('commands, facts and refusals are counted under their names', async () => {
  countCommand('message:send', 'ok', 3);
  countCommand('message:send', 'ok', 30);
  countCommand('message:send', 'refused', 1);
  countFact('message:new');
  countRefusal('chat/access_denied');
  const { text, contentType } = await renderMetrics();
  expect(contentType).toContain('text/plain');
  expect(text).toContain('roost_commands_total{command="message:send",outcome="ok"} 2');
  expect(text).toContain('roost_commands_total{command="message:send",outcome="refused"} 1');
  expect(text).toContain('roost_command_duration_seconds_bucket{le="0.005",command="message:send"} 2');
  expect(text).toContain('roost_facts_emitted_total{fact="message:new"} 1');
  expect(text).toContain('roost_refusals_total{code="chat/access_denied"} 1');
});

it('a flood of names ends up under one label', async () => {
  for (let number = 0; number < 1000; number++) countFact(`noise:${number}`);
  const { values } = await metrics.factsEmittedTotal.get();
  expect(values.length).toBeLessThanOrEqual(201);
  expect(values.find(({ labels }) => labels.fact === 'other')?.value).toBeGreaterThanOrEqual(799);
});

it('every metric is ours by name and says what it means', () => {
  expect(metricsList).toHaveLength(Object.keys(metrics).length);
  for (const { name, kind, help } of metricsList) {
    expect(name).toMatch(/^roost_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    expect(help).toMatch(/\.$/);
  }
});
