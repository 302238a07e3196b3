import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

/** The path of a module of the SDK, as a script for `pageScript` imports it. */
export const sourceOf = (path: string): string => JSON.stringify(join(import.meta.dirname, '../../src', path));

/** What a browser gets that loads this code, with all that it imports. */
export async function pageScript(code: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'roost-page-'));
  try {
    const input = join(dir, 'page.js');
    await writeFile(input, code);
    const options = { rollupOptions: { input }, write: false } as const;
    const resolve = { tsconfigPaths: true };
    const result = await build({ root: dir, configFile: false, logLevel: 'silent', build: options, resolve });
    if (Array.isArray(result) || !('output' in result)) throw new Error('no single bundle');
    return result.output[0].code;
  } finally {
    await rm(dir, { recursive: true });
  }
}
