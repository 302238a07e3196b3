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
      comment: 'the SDK depends on socket.io-client and the contract only',
      severity: 'error',
      from: { path: '^libs/client/src', pathNot: ['\\.(spec|test)\\.ts$', '/node/'] },
      to: { pathNot: ['^libs/(client|contract)/', '^node_modules/socket\\.io-client/'] },
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
    {
      name: 'realtime-knows-no-feature',
      severity: 'error',
      from: { path: '^apps/chat/src/realtime/' },
      to: { path: '^apps/chat/src/(users|sessions|chats|members|messages|changes|health)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
