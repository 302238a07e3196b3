import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mentionsOf, proofsOf, rulesOf, ruleTitles } from './rules.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const protocol = read('docs/protocol.md');
const guarantees = read('docs/guarantees.md');
const rules = rulesOf(protocol);
const titles = ruleTitles(root, ['apps', 'libs', 'test']);

describe('rules', () => {
  it('are stated once each', () => {
    expect(rules.length).toBeGreaterThan(30);
    expect(rules).toEqual([...new Set(rules)]);
  });

  it.each(rules)('%s is proved by a test', (id) => {
    expect(titles.filter(({ ids }) => ids.includes(id))).not.toEqual([]);
  });

  it('in the titles of tests are in the protocol', () => {
    expect(titles.filter(({ ids }) => ids.some((id) => !rules.includes(id)))).toEqual([]);
  });

  it('that documents speak of are in the protocol', () => {
    const documents = [protocol, guarantees, read('docs/architecture.md'), read('README.md')];
    const unknown = documents.flatMap((text) => [...mentionsOf(text)]).filter((id) => !rules.includes(id));
    expect(unknown).toEqual([]);
  });
});

describe('the proofs of docs/guarantees.md', () => {
  const proofs = proofsOf(guarantees);

  it('cover every rule about faults and catching up', () => {
    const proved = new Set(proofs.map(({ id }) => id));
    expect(rules.filter((id) => /^[GS]/.test(id)).filter((id) => !proved.has(id))).toEqual([]);
  });

  it.each(proofs)('$id: $text', ({ id, text, file }) => {
    const there = titles.filter((title) => title.file === file && title.ids.includes(id));
    expect(there.map((title) => title.text)).toContainEqual(expect.stringContaining(text));
  });
});
