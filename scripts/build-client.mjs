// Makes the SDK into one npm package with its contract inside, ready for `npm pack` and `npm publish`: ES modules with
// declarations. `node scripts/build-client.mjs [FOLDER] [NAME]`, by default dist/packages/client and @roost/client.
import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = resolve(process.argv[2] ?? join(root, 'dist/packages/client'));
const { version, license, engines, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** An entry of `exports`: the module and its declarations. */
const entry = (path) => ({ types: `./client/src/${path}.d.ts`, default: `./client/src/${path}.js` });

const manifest = {
  name: process.argv[3] ?? '@roost/client',
  description: 'A chat client for a Roost cluster: nothing lost, nothing doubled, whatever happens to the connection.',
  version,
  license,
  type: 'module',
  engines,
  sideEffects: false,
  files: ['client', 'contract'],
  exports: {
    '.': entry('index'),
    './react': entry('react/index'),
    './contract': { types: './contract/src/index.d.ts', default: './contract/src/index.js' },
    './indexeddb': entry('browser/indexeddb-storage'),
    './file': entry('node/file-storage'),
  },
  dependencies: { 'socket.io-client': dependencies['socket.io-client'], zod: dependencies.zod },
  peerDependencies: { react: '>=18' },
  peerDependenciesMeta: { react: { optional: true } },
};

rmSync(out, { recursive: true, force: true });
const compiler = [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'libs/client/tsconfig.package.json')];
const { status } = spawnSync(process.execPath, [...compiler, '--outDir', out], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

// Within the package the contract is beside the client.
for (const path of globSync('client/**/*.{js,d.ts}', { cwd: out })) {
  const up = relative(dirname(path), 'contract/src/index.js').replaceAll('\\', '/');
  const code = readFileSync(join(out, path), 'utf8');
  writeFileSync(join(out, path), code.replaceAll(`'@roost/contract'`, `'${up}'`));
}
writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
copyFileSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
copyFileSync(join(root, 'libs/client/README.md'), join(out, 'README.md'));
