import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generatedDocuments, type GeneratedDocument } from './generated-documents.js';

/** Writes the generated documents; with `--check` it writes nothing and exits 1 when one is stale. Run at the root. */
const isCheck = process.argv.includes('--check');
const stale: GeneratedDocument[] = [];
for (const document of generatedDocuments) {
  if ((await currentText(document.path)) !== document.render()) stale.push(document);
}

for (const { path, render } of stale) {
  process.stdout.write(`${path} ${isCheck ? 'is stale: run `npm run docs`' : 'written'}\n`);
  if (isCheck) continue;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, render());
}
if (isCheck && stale.length > 0) process.exitCode = 1;

async function currentText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
