import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A test's title as it stands in its file, parameters unfilled. */
export interface TestTitle {
  /** Relative to the root of the repository. */
  readonly file: string;
  /** The rules it proves. */
  readonly ids: readonly string[];
  /** What follows the ids. */
  readonly text: string;
}

/** Rules that a document states: `- **M3** …`. */
export function rulesOf(document: string): string[] {
  return [...document.matchAll(/^- \*\*([A-Z]\d+)\*\* /gm)].map(([, id]) => id ?? '');
}

/** Rules that a document speaks of. */
export function mentionsOf(document: string): Set<string> {
  return new Set(document.match(/\b[ACGHMNRS]\d{1,2}\b/g));
}

/** Rows `| id | text of a title | [name](../file) |`. */
export function proofsOf(document: string): { readonly id: string; readonly text: string; readonly file: string }[] {
  const rows = document.matchAll(/^\| ([A-Z]\d+)\s*\| (.+?)\s*\| \[.+?\]\(\.\.\/(.+?)\)\s*\|$/gm);
  return [...rows].map(([, id = '', text = '', file = '']) => ({ id, text, file }));
}

/** Every title under `folders` that begins with the ids of rules. */
export function ruleTitles(root: string, folders: readonly string[]): TestTitle[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(test|spec)\.ts$/.test(name) && !name.includes('node_modules'))
      .flatMap((name) => titlesIn(join(folder, name), readFileSync(join(root, folder, name), 'utf8'))),
  );
}

function titlesIn(file: string, source: string): TestTitle[] {
  const titles = source.matchAll(/\(\s*(['"`])((?:[A-Z]\d{1,2} )+)(.*?)\1/g);
  return [...titles].map(([, , ids = '', text = '']) => ({ file, ids: ids.trim().split(' '), text }));
}
