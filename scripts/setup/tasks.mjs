import { join } from 'node:path';
import * as migrate from '../../apps/chat/src/migrate-options.mjs';
import * as bench from '../../apps/bench/src/options.mjs';
import * as control from '../../apps/cluster/src/control/arguments.mjs';
import * as cluster from '../../apps/cluster/src/options.mjs';
import * as fuzz from '../../apps/fuzz/src/options.mjs';
import * as simulate from '../../apps/chat/src/simulation/options.mjs';
import * as soak from '../../apps/soak/src/options.mjs';
import { dev } from './dev.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';
import { browser, promtool, pythonClient, servers, serversOfTests } from './system-programs.mjs';
import * as testing from './test.mjs';

/**
 * What `node scripts/setup.mjs NAME` runs. `commandLine` tells what may stand behind the name, `programs` what the system
 * has to have; once everything is in place, `act` takes `{ node, args }`, runs on Node 24 and gives the exit code.
 */
export const tasks = {
  start: { commandLine: cluster, programs: servers, act: built('apps/cluster/src/main.js') },
  cluster: { commandLine: control, programs: servers, act: built('apps/cluster/src/control/main.js') },
  bench: { commandLine: bench, programs: servers, act: built('apps/bench/src/main.js') },
  soak: { commandLine: soak, programs: servers, act: built('apps/soak/src/main.js') },
  fuzz: { commandLine: fuzz, programs: servers, act: built('apps/fuzz/src/main.js') },
  simulate: { commandLine: simulate, programs: [], act: built('apps/chat/src/simulation/main.js') },
  migrate: { commandLine: migrate, programs: [], act: built('apps/chat/src/migrate.js') },
  dev: { commandLine: cluster, programs: servers, act: dev },
  test: { commandLine: testing, programs: [...serversOfTests, browser, promtool, pythonClient], act: testing.test },
};

function built(file) {
  return ({ node, args }) => run(node, [join(root, 'dist', file), ...args], { NODE_ENV: process.env.NODE_ENV });
}
