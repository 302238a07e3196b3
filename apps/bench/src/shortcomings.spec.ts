import { expect, test } from 'vitest';
import type { Check, Results } from './results.js';
import { shortcomingsOf } from './shortcomings.js';
import type { Verdict } from './verdicts.js';

type ScenarioResult = Results['scenarios'][number];

const fine: Check = { acknowledged: 9, refused: { 'server/overloaded': 4 }, wrong: { lost: 0, doubled: 0 } };
const met: Verdict = { row: 'start', bound: 'at most', value: 3, found: 2, isMet: true };

const scenario = (more: Partial<ScenarioResult>): ScenarioResult => ({
  name: 'sends',
  setup: '',
  columns: ['ours', 'bare'],
  rows: [],
  verdicts: [met],
  notes: [],
  checks: { ours: fine, bare: fine },
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

const stored = { messages: 9, chats: 1, wrong: { lost: 0, doubled: 0, disordered: 0, holes: 0 } };
const nothing = { scenarios: [], faults: [], stored: undefined };

test('a run in which all went well has none, refusals or not', () => {
  expect(shortcomingsOf({ scenarios: [scenario({})], faults: [fault], stored })).toEqual([]);
});

test.each<[Partial<ScenarioResult>, string]>([
  [{ verdicts: [met, { ...met, found: 4, isMet: false }] }, 'sends: start at most 3: MISSED'],
  [{ checks: { ours: { ...fine, wrong: { lost: 2 } } } }, 'sends, ours: 2 lost'],
  [{ checks: { bare: { ...fine, wrong: { doubled: 1 } } } }, 'sends, bare: 1 doubled'],
])('of a scenario: %j', (more, shortcoming) => {
  expect(shortcomingsOf({ ...nothing, scenarios: [scenario(more)] })).toEqual([shortcoming]);
});

test.each([
  [{ verdict: { lost: ['x'], doubled: ['x'], disordered: ['x'] } }, ['1 lost', '1 doubled', '1 disordered']],
  [{ failed: { 'store/unavailable': 2, 'server/internal': 1 } }, ['3 given up']],
  [{ waiting: 4 }, ['4 unanswered']],
  [{ behind: 5 }, ['5 people who were never complete again']],
])('of a fault: %j', (more, shortcomings) => {
  const faults = [{ ...fault, ...more }];
  expect(shortcomingsOf({ ...nothing, faults })).toEqual(shortcomings.map((one) => `redis: ${one}`));
});

test('of what is stored', () => {
  const wrong = { ...stored.wrong, holes: 2 };
  expect(shortcomingsOf({ ...nothing, stored: { ...stored, wrong } })).toEqual(['what is stored: 2 holes']);
});
