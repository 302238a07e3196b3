import { copyFileSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@roost/local-cluster';
import type { DataFolder } from './data-folder.js';

/**
 * Puts the built page where nginx serves it, with the demo accounts beside it, which the page offers at sign-in. A copy:
 * a build without these accounts must never be one file away from one with them.
 */
export function copyPage({ page, demoFile }: Pick<DataFolder, 'page' | 'demoFile'>): void {
  const built = join(projectRoot(), 'dist/apps/web');
  mkdirSync(page, { recursive: true });
  if (existsSync(built)) cpSync(built, page, { recursive: true });
  if (existsSync(demoFile)) copyFileSync(demoFile, join(page, 'demo.json'));
}
