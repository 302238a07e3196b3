import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { differences } from './recorded/differences.js';
import { openEmbedded, useEngine } from './support/engine.js';
import { type Answer, askAll, parsed, type Question, questions, text } from './support/recording.js';

/**
 * Another engine was asked the same questions once, and its answers are kept in `recorded/`, one question a line with its
 * answer. To ask again: `MONGO_RECORD_FROM=mongodb://... npx vitest run libs/embedded-mongo/test/recorded-answers.test.ts`.
 */
const other = process.env['MONGO_RECORD_FROM'];
const seeds = [1, 2, 3, 4];
const fileOf = (seed: number): string => join(import.meta.dirname, 'recorded', `seed-${seed}.jsonl`);

if (other === undefined) {
  const { db } = useEngine(openEmbedded);

  describe('the answers of another engine', () => {
    it.each(seeds)('are those of the embedded server (seed %i)', async (seed) => {
      const lines = readFileSync(fileOf(seed), 'utf8').trim().split('\n');
      const recorded = lines.map((line) => parsed(line) as { question: Question; answer: Answer });
      const answers = await askAll(db(), recorded.map(({ question }) => question)); // prettier-ignore
      const found: Record<string, unknown> = {};
      for (const [index, { question, answer }] of recorded.entries()) {
        if (text(answers[index]) === text(answer)) continue;
        found[`${seed}/${index}`] = { question: text(question), there: text(answer), here: text(answers[index]) };
      }
      const known = new Set(differences.flatMap(({ cases }) => cases));
      const unknown = Object.entries(found).filter(([id]) => !known.has(id));
      expect(Object.fromEntries(unknown)).toEqual({});
      const stale = [...known].filter((id) => id.startsWith(`${seed}/`) && !(id in found));
      expect(stale, 'listed as different, and are the same').toEqual([]);
    });
  });
} else {
  it.each(seeds)('records the answers (seed %i)', async (seed) => {
    const client = await MongoClient.connect(other);
    const db = client.db(`t${randomUUID().replaceAll('-', '')}`);
    const asked = questions(seed);
    const answers = await askAll(db, asked);
    await db.dropDatabase();
    await client.close();
    expect(answers).toHaveLength(asked.length);
    writeFileSync(fileOf(seed), asked.map((question, i) => `${text({ question, answer: answers[i] })}\n`).join(''));
  });
}
