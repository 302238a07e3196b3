// Makes the SDK and the contract into two npm packages, ready for `npm pack` and `npm publish`: ES modules with
// declarations. `node scripts/build-client.mjs [FOLDER]`, by default dist/packages.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = resolve(process.argv[2] ?? join(root, 'dist/packages'));
const { version, license, engines, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** An entry of `exports`: the module and its declarations. */
const entry = (path) => ({ types: `./src/${path}.d.ts`, default: `./src/${path}.js` });
const common = { version, license, type: 'module', engines, sideEffects: false, files: ['src'] };

const packages = {
  contract: {
    name: '@roost/contract',
    description: 'Commands, facts, routes, errors and limits of a Roost chat cluster, as types and as checks.',
    ...common,
    exports: { '.': entry('index') },
    dependencies: { zod: dependencies.zod },
  },
  client: {
    name: '@roost/client',
    description:
      'A chat client for a Roost cluster: nothing lost, nothing doubled, whatever happens to the connection.',
    ...common,
    exports: {
      '.': entry('index'),
      './indexeddb': entry('browser/indexeddb-drafts'),
      './file': entry('node/file-drafts'),
    },
    dependencies: { '@roost/contract': version, 'socket.io-client': dependencies['socket.io-client'] },
  },
};

for (const name of Object.keys(packages)) rmSync(join(out, name), { recursive: true, force: true });
const compiler = [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'libs/client/tsconfig.package.json')];
const { status } = spawnSync(process.execPath, [...compiler, '--outDir', out], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

for (const [name, manifest] of Object.entries(packages)) {
  writeFileSync(join(out, name, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(root, 'LICENSE'), join(out, name, 'LICENSE'));
}
copyFileSync(join(root, 'libs/client/README.md'), join(out, 'client/README.md'));
