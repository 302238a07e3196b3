import { globSync } from 'node:fs';
import { Schema } from 'mongoose';
import { expect, test } from 'vitest';
import { databaseNeeds, schemas } from './schema.js';

test('every schema of every part is among what is migrated, and each need is one of its own', async () => {
  const files = globSync('**/*.schema.ts', { cwd: import.meta.dirname });
  const found: unknown[] = [];
  for (const file of files) {
    const module: Record<string, unknown> = await import(/* @vite-ignore */ `./${file}`);
    found.push(...Object.values(module).filter((one) => one instanceof Schema));
  }
  expect(found.length).toBeGreaterThan(0);
  expect(new Set(schemas)).toEqual(new Set(found));
  const ids = [...databaseNeeds.indexes, ...databaseNeeds.steps].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain('index of messages: chatId 1, seq 1 {"unique":true}');
});
