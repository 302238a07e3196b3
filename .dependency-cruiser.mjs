import { readdirSync } from 'node:fs';

/**
 * The folders of a replica, from the ground up: each may import those named with it, and nothing above it. What a lower one
 * needs of a higher one it is told (`Admission`, `ChangeKinds`, `Faults.translate`).
 */
const replicaFolders = {
  kernel: [],
  store: ['kernel'],
  cluster: ['kernel'],
  sockets: ['kernel', 'cluster'],
  doors: ['kernel', 'cluster', 'sockets'],
  logs: ['kernel', 'store', 'sockets'],
  accounts: ['kernel', 'store', 'cluster', 'sockets', 'doors'],
  access: ['kernel', 'store', 'cluster'],
  messages: ['kernel', 'store', 'cluster', 'sockets', 'doors', 'logs', 'accounts', 'access'],
  chats: ['kernel', 'store', 'cluster', 'sockets', 'doors', 'logs', 'accounts', 'access', 'messages', 'own-log'],
  presence: ['kernel', 'cluster', 'sockets', 'doors', 'accounts', 'access'],
  typing: ['kernel', 'sockets', 'doors', 'access'],
  receipts: ['kernel', 'store', 'cluster', 'sockets', 'doors', 'access', 'messages', 'chats'],
  'own-log': ['kernel', 'store', 'sockets', 'doors', 'logs', 'access', 'messages'],
  profile: ['kernel', 'cluster', 'sockets', 'doors', 'accounts', 'access'],
  sync: [
    'kernel',
    'store',
    'cluster',
    'sockets',
    'doors',
    'logs',
    'accounts',
    'access',
    'messages',
    'chats',
    'own-log',
  ],
  health: ['kernel', 'cluster', 'sockets', 'doors'],
  simulation: ['kernel', 'store', 'cluster', 'sockets', 'logs', 'accounts', 'access', 'messages'],
};

const replicaArrows = Object.entries(replicaFolders).map(([folder, allowed]) => ({
  name: `replica-${folder}`,
  severity: 'error',
  from: { path: `^apps/chat/src/${folder}/`, pathNot: '\\.spec\\.ts$' },
  to: { path: '^apps/chat/src/', pathNot: `^apps/chat/src/(${[folder, ...allowed].join('|')})/` },
}));

/** Every folder of a replica is in the list above. */
const folders = readdirSync(new URL('apps/chat/src', import.meta.url), { withFileTypes: true });
const unnamed = folders.filter((entry) => entry.isDirectory() && !Object.hasOwn(replicaFolders, entry.name));
if (unnamed.length > 0) throw new Error(`no arrows are declared for ${unnamed.map(({ name }) => name).join(', ')}`);

/** The arrows of docs/architecture.md, checked: no cycles, libraries never reach into apps, doors stay doors. */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'libs-know-no-app', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'apps-know-no-other-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'contract-stands-alone',
      comment: 'the contract runs in browsers: zod and nothing else',
      severity: 'error',
      from: { path: '^libs/contract/src', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^libs/contract/', '^node_modules/zod/'] },
    },
    {
      name: 'client-is-small',
      comment: 'the SDK depends on socket.io-client and the contract only, and its hooks on React',
      severity: 'error',
      from: { path: '^libs/client/src', pathNot: ['\\.(spec|test)\\.ts$', '/node/', '/react/'] },
      to: { pathNot: ['^libs/(client|contract)/', '^node_modules/socket\\.io-client/'] },
    },
    {
      name: 'hooks-are-small',
      severity: 'error',
      from: { path: '^libs/client/src/react', pathNot: '\\.(spec|test)\\.ts$' },
      to: { pathNot: ['^libs/(client|contract)/', '^node_modules/(@types/)?react/'] },
    },
    {
      name: 'embedded-mongo-knows-no-chat',
      severity: 'error',
      from: { path: '^libs/embedded-mongo/src' },
      // Its tests share the seeded numbers of all tests.
      to: { path: '^libs/(?!embedded-mongo/|testing/src/random\\.ts$)' },
    },
    {
      name: 'services-know-no-door',
      severity: 'error',
      from: { path: '^apps/chat/src/.*\\.service\\.ts$' },
      to: { path: '\\.(gateway|controller)\\.ts$' },
    },
    {
      name: 'repositories-know-no-service',
      severity: 'error',
      from: { path: '\\.repository\\.ts$' },
      to: { path: '\\.(service|gateway|controller)\\.ts$' },
    },
    ...replicaArrows,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
