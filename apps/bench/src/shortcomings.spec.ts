import { expect, test } from 'vitest';
import { rowAlone } from './results.js';
import type { Check, ScenarioResult } from './results.js';
import { shortcomingsOf } from './shortcomings.js';

const fine: Check = { acknowledged: 9, lost: 0, doubled: 0, refused: {}, unanswered: 0 };
const atMost3 = { of: 'ours', bound: 'at most', value: 3 } as const;

const scenario = (more: Partial<ScenarioResult>): ScenarioResult => ({
  name: 'sends',
  setup: '',
  rows: [rowAlone([2], 'start', 's', atMost3), rowAlone([9], 'memory', 'MiB')],
  notes: [],
  checks: { ours: fine },
  ...more,
});

const fault = {
  fault: 'redis',
  setup: '',
  acknowledged: 9,
  failed: {},
  waiting: 0,
  verdict: { lost: [], doubled: [], disordered: [] },
  behind: 0,
  times: { recovered: 1, written: 1, lasted: 1, slowestSend: 1 },
  lateBefore: 0,
  lateAfter: 0,
  crewShare: 0,
} as const;

const of = (scenarios: ScenarioResult[], faults: Parameters<typeof shortcomingsOf>[0]['faults'] = []) =>
  shortcomingsOf({ scenarios, faults });

test('a run in which all went well has none', () => {
  expect(of([scenario({})], [fault])).toEqual([]);
});

test.each<[Partial<ScenarioResult>, string]>([
  [{ rows: [rowAlone([4], 'start', 's', atMost3)] }, 'sends: start: target missed'],
  [{ checks: { ours: { ...fine, lost: 2 } } }, 'sends, ours: 2 lost'],
  [{ checks: { bare: { ...fine, doubled: 1 } } }, 'sends, bare: 1 doubled'],
  [{ checks: { ours: { ...fine, unanswered: 3 } } }, 'sends, ours: 3 unanswered'],
])('of a scenario: %j', (more, shortcoming) => {
  expect(of([scenario(more)])).toEqual([shortcoming]);
});

test.each([
  [{ verdict: { lost: ['x'], doubled: ['x'], disordered: ['x'] } }, ['1 lost', '1 doubled', '1 disordered']],
  [{ failed: { 'store/unavailable': 2, 'server/internal': 1 } }, ['3 given up']],
  [{ waiting: 4 }, ['4 unanswered']],
  [{ behind: 5 }, ['5 people who were never complete again']],
])('of a fault: %j', (more, shortcomings) => {
  expect(of([], [{ ...fault, ...more }])).toEqual(shortcomings.map((one) => `redis: ${one}`));
});
