import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** The `.env` file of a directory; empty where there is none. */
export function readEnvFile(directory: string): NodeJS.ProcessEnv {
  try {
    return parseEnv(readFileSync(join(directory, '.env'), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}
