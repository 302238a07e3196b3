import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, replica } from '../../src/index.js';
import type { Fleet } from '../../src/index.js';

/**
 * Answers everything with its name; ends when asked; does not start while there is a file `broken` beside it. The first
 * request to `/chats/deadly` ends the one that gets it.
 */
const script = `
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
if (existsSync(new URL('broken', import.meta.url))) process.exit(7);
const killed = new URL('killed', import.meta.url);
createServer(({ url }, response) => {
  if (url.startsWith('/chats/deadly') && !existsSync(killed)) {
    writeFileSync(killed, '');
    process.kill(process.pid, 'SIGKILL');
  }
  response.end(process.env.REPLICA_NAME);
}).listen(process.env.PORT, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

/** Makes replicas that are processes as small as can be, called `toy-1`, `toy-2`, … */
export function toyReplicas(dir: string): { create: Fleet['create']; breakBuild: () => void } {
  const entry = join(dir, 'toy.mjs');
  writeFileSync(entry, script);
  return {
    create: async (number) => replica({ name: `toy-${number}`, port: await freePort(), dir, env: {}, entry }),
    breakBuild: () => writeFileSync(join(dir, 'broken'), ''),
  };
}
