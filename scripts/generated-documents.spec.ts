import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generatedDocuments } from './generated-documents.js';

it.each(generatedDocuments)('$path is what `npm run docs` would write', ({ path, render }) => {
  expect(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')).toBe(render());
});
