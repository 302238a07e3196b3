import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { orFail } from '../../../../libs/command-line/src/index.mjs';
import { answering } from '../child/answering.js';
import type { CrewRequests, Reached } from './messages.js';
import { Person } from './person.js';
import { Writing } from './writing.js';

/** A crew: real SDK clients with their outboxes and their catching up, many in one process. */
const people: Person[] = [];
let writing: Writing | undefined;
const lookEveryMs = 10;
const connectsAtOnce = 24;

answering<CrewRequests>({
  connect: async ({ url, people: members }) => {
    await pLimit(connectsAtOnce).map(members, async (member) => {
      const person = new Person(url, member);
      people.push(person);
      await person.client.connect();
    });
  },
  write: ({ perSecond, textChars }) => {
    writing = new Writing(people, textChars);
    orFail(writing.go(perSecond));
  },
  rest: ({ timeoutMs }) => {
    if (!writing) throw new Error('nothing was written');
    return writing.rest(timeoutMs);
  },
  reach: ({ heads, timeoutMs }) => reach(heads, timeoutMs),
  logs: () => people.map((person) => person.log()),
  close: () => {
    for (const { client } of people.splice(0)) client.close();
  },
});

async function reach(heads: Readonly<Record<string, number>>, timeoutMs: number): Promise<Reached> {
  const deadlineMs = performance.now() + timeoutMs;
  for (let behind = people; ; await sleep(lookEveryMs)) {
    behind = behind.filter((person) => !person.hasReached(heads));
    if (behind.length === 0 || performance.now() > deadlineMs) return { behind: behind.length, atMs: Date.now() };
  }
}
