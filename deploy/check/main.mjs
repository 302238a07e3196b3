import { randomBytes } from 'node:crypto';
import { Compose } from './compose.mjs';
import { freePort } from './free-port.mjs';
import { Room } from './room.mjs';
import { steps } from './steps.mjs';

const port = await freePort();
const compose = new Compose(`roost-check-${process.pid}`, {
  JWT_SECRET: randomBytes(32).toString('hex'),
  WEB_PORT: String(port),
});
const context = { compose, url: `http://127.0.0.1:${port}`, room: new Room() };

/** Set once by the end of all steps, a failure or a signal, whichever is first. */
let ending;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    console.error(`compose-check: ${signal}, removing what was started`);
    end(1);
  });
}

try {
  for (const { name, run } of steps) await step(name, run);
  end(0);
} catch (error) {
  if (!ending) {
    console.error('FAILED ', error);
    console.error(await compose.lastLines());
    end(1);
  }
}

/** Runs one step and prints a line with its time and the figures it gave. */
async function step(name, run) {
  const startedAt = performance.now();
  console.log(`        ${name}`);
  const figures = await run(context);
  console.log(`ok  ${secondsSince(startedAt).padStart(6)}${figures ? `  ${figures}` : ''}`);
}

function end(code) {
  ending ??= removeAll().then(
    () => process.exit(code),
    (error) => {
      console.error(`Not everything was removed; try: docker compose -p ${compose.project} down -v\n`, error);
      process.exit(code || 1);
    },
  );
}

/** Containers, networks, volumes and images of this run. */
async function removeAll() {
  const startedAt = performance.now();
  context.room.close();
  await compose.abandon();
  await compose.remove();
  console.log(`removed in ${secondsSince(startedAt)}`);
}

function secondsSince(startedAt) {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}
