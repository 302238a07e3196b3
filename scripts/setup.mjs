#!/usr/bin/env node
/**
 * Sets this checkout up and runs one task: `node scripts/setup.mjs start|test|dev|cluster|migrate|bench|soak|fuzz|simulate [arguments]`.
 * `npm start`, `npm test` and their siblings call it. No dependencies: it runs before there are any.
 */
import { readFileSync } from 'node:fs';
import { isOlder, minimumIn } from './setup/versions.mjs';

const minimum = minimumIn(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));

if (isOlder(process.versions.node, minimum)) {
  console.error(
    `Roost needs Node ${minimum} or newer to set itself up; this is ${process.version} (${process.execPath}).`,
  );
  console.error(
    'It brings its own Node 24 afterwards. See https://nodejs.org/en/download for a newer one to begin with.',
  );
  process.exit(1);
}

// Imported only now: an older Node must read the sentence above, not a syntax error in a file below.
const { main } = await import('./setup/main.mjs');
process.exitCode = await main(process.argv.slice(2));
