import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings } from './load.js';
import { SettingsError } from './settings-error.js';
import { findNamesWithOurPrefix, findUnknownNames } from './unknown-names.js';

const required = {
  JWT_SECRET: 'a-secret-of-forty-characters-for-the-test',
  MONGODB_URI: 'mongodb://ada:pa55@db-1:27017,db-2:27017/roost?replicaSet=rs0',
  REDIS_URL: 'redis://:pa55@redis:6379',
  FRONTEND_URL: 'https://chat.example.org',
};

/** The problems that stop the start, as one line each. */
function problemsOf(env: NodeJS.ProcessEnv, directory?: string): string[] {
  try {
    loadSettings(env, directory);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(({ name, problem }) => `${name} ${problem}`);
    throw error;
  }
  return [];
}

describe('values', () => {
  it('are typed, with defaults for what nobody set', () => {
    const settings = loadSettings({ ...required, PORT: '8081', LOG_LEVEL: '' });
    expect(settings).toMatchObject({
      nodeEnv: 'production',
      port: 8081,
      logLevel: 'info',
      logMessages: false,
      logPretty: false,
      replicaName: hostname(),
      mongodbTimeoutMs: 5000,
      refusalsPer10sMax: 100,
      mongodbUri: required.MONGODB_URI,
    });
  });

  it('cannot be changed afterwards', () => {
    const settings = loadSettings(required);
    expect(() => Object.assign(settings, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(settings.frontendUrl, ['https://evil.example'])).toThrow(TypeError);
  });

  it('know other defaults in development', () => {
    const { FRONTEND_URL: _production, ...rest } = required;
    const settings = loadSettings({ ...rest, NODE_ENV: 'development' }, join(tmpdir(), 'no-such-folder'));
    expect(settings).toMatchObject({ logPretty: true, logMessages: true, frontendUrl: ['http://localhost:8080'] });
  });

  it('take several origins, written with or without slash and default port', () => {
    const settings = loadSettings({
      ...required,
      FRONTEND_URL: 'https://a.example/, https://b.example:443,http://c:81',
    });
    expect(settings.frontendUrl).toEqual(['https://a.example', 'https://b.example', 'http://c:81']);
  });

  it('take origins of apps, of a whole level of subdomains, and of addresses', () => {
    const all = 'capacitor://localhost,ionic://localhost,tauri://localhost,https://*.Example.org,http://[::1]:8080';
    expect(loadSettings({ ...required, FRONTEND_URL: all }).frontendUrl).toEqual(all.toLowerCase().split(','));
  });

  it.each([
    '*',
    'a.example',
    'https://a.example/chat',
    'https://ada@a.example',
    'ftp://a.example',
    'file://',
    'https://*',
    'https://*.*.example',
    'https://a.*.example',
    'https://a.example:99999',
    'https://[:1',
    'https://a.example,',
  ])('refuse the origin %s', (origin) => {
    expect(problemsOf({ ...required, FRONTEND_URL: origin })).toHaveLength(1);
  });

  it.each(['', '-1', '1.5', '1e3', '0x10', ' 80', '65536', 'Infinity', '９'])('refuse the port "%s"', (port) => {
    expect(problemsOf({ ...required, PORT: port })).toHaveLength(port === '' ? 0 : 1);
  });
});

describe('one of two settings', () => {
  const { REDIS_URL, ...rest } = required;
  const nodes = 'redis://ada:pa55@redis-1:6379, redis-2:6380';

  it('is enough: nodes of a Redis Cluster instead of one Redis', () => {
    const { redisUrl, redisClusterNodes } = loadSettings({ ...rest, REDIS_CLUSTER_NODES: nodes });
    expect(redisUrl).toBeUndefined();
    expect(redisClusterNodes).toEqual(['redis://ada:pa55@redis-1:6379', 'redis://redis-2:6380']);
  });

  it('needs no Sentinels, and takes them beside the address', () => {
    expect(loadSettings(required).redisSentinels).toBeUndefined();
    const { redisSentinels } = loadSettings({ ...required, REDIS_SENTINELS: 'sentinel-1:26379,sentinel-2:26379' });
    expect(redisSentinels).toEqual(['redis://sentinel-1:26379', 'redis://sentinel-2:26379']);
  });

  it('has to be set', () => {
    expect(problemsOf(rest)).toEqual([
      'REDIS_URL is missing, and so is REDIS_CLUSTER_NODES; expected an address like redis://host:6379, or REDIS_CLUSTER_NODES',
    ]);
  });

  it('excludes the other', () => {
    expect(problemsOf({ ...rest, REDIS_URL, REDIS_CLUSTER_NODES: nodes })).toEqual([
      'REDIS_URL is set, and so is REDIS_CLUSTER_NODES; expected one of them',
    ]);
  });

  it.each(['redis-1', 'redis-1:6379,', 'http://redis-1:6379', 'redis-1:99999'])('refuses the nodes %s', (wrong) => {
    expect(problemsOf({ ...rest, REDIS_CLUSTER_NODES: wrong })).toHaveLength(1);
  });
});

describe('wrong settings', () => {
  it('are all listed at once, with what was expected and the value', () => {
    expect(
      problemsOf({ PORT: 'web', LOG_LEVEL: 'loud', JWT_SECRET: 'short-pa55', REDIS_URL: 'http://:pa55@redis' }),
    ).toEqual([
      'PORT is "web"; expected a whole number from 0 to 65535',
      'FRONTEND_URL is missing; expected origins like https://chat.example.org, https://*.example.org or capacitor://localhost, separated by commas, without a path',
      'JWT_SECRET is wrong (10 characters, not shown); expected a text of at least 32 characters',
      'MONGODB_URI is missing; expected an address like mongodb://host:27017/roost',
      'REDIS_URL is "http://***@redis"; expected an address like redis://host:6379',
      'LOG_LEVEL is "loud"; expected one of fatal, error, warn, info, debug, trace, silent',
    ]);
  });

  it('never print a secret, even under a misspelled name', () => {
    const message =
      new SettingsError([]).message +
      problemsOf({
        JWT_SECRET: 'pa55',
        JWT_SECRETS: 'pa55,pa55',
        JWT_SECERT: 'pa55'.repeat(20),
        MONGODB_URI: 'mongo://ada:pa55@db/roost?password=pa55',
        REDIS_URL: 'redis://:pa55@@',
      }).join('\n');
    expect(message).not.toContain('pa55');
  });

  it('shorten a value that would fill the screen', () => {
    expect(problemsOf({ ...required, PORT: '9'.repeat(5000) }).join().length).toBeLessThan(200);
  });
});

describe('unknown settings', () => {
  it.each([
    ['JWT_SECERT', 'JWT_SECRET'],
    ['MONGODB_URL', 'MONGODB_URI'],
    ['PROT', 'PORT'],
    ['ROOST_JWT_SECRET', 'JWT_SECRET'],
    ['ROOST_JWT_SECRETS', 'JWT_SECRETS'],
    ['JWT_SECERTS', 'JWT_SECRETS'],
    ['ROOST_LOGLEVEL', 'LOG_LEVEL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['ACCESS_TOKEN_TTL', 'ACCESS_TOKEN_TTL_SECONDS'],
    ['ACCESS_TOKEN_TTL_MINUTES', 'ACCESS_TOKEN_TTL_SECONDS'],
    ['EVENT_LOOP_DELAY', 'EVENT_LOOP_DELAY_MAX_MS'],
    ['MAX_POOL_SIZE', 'MONGODB_MAX_POOL_SIZE'],
  ])('%s is taken for a misspelled %s', (name, meant) => {
    expect(problemsOf({ ...required, [name]: 'x' })).toEqual([`${name} is not a setting; did you mean ${meant}?`]);
  });

  it('with our prefix and no name of a setting behind it may be those of another program, and are told', () => {
    const env = { ...required, ROOST_SPEED: 'x', ROOST_SERVICE_PORT: '3000' };
    expect(problemsOf(env)).toEqual([]);
    expect(findNamesWithOurPrefix(env)).toEqual(['ROOST_SPEED']);
  });

  it.each(['WEB_PORT', 'COMPOSE_PROJECT_NAME', 'DOCKER_HOST', 'MONGOD_BIN'])(
    '%s is for another part of this repository',
    (name) => expect(problemsOf({ ...required, [name]: 'x' })).toEqual([]),
  );

  it('every name that compose files take from the environment is known', () => {
    const files = ['docker-compose.yml', 'deploy/external-stores.yml'].map((file) => readFileSync(file, 'utf8'));
    const names = [...files.join().matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(3);
    expect(findUnknownNames(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([]);
  });

  it('of others are left alone: shells, npm, Kubernetes services called redis, mongodb and roost', () => {
    const ordinary = {
      PATH: '/bin',
      HOME: '/root',
      PWD: '/',
      POD: 'chat-0',
      USER: 'ada',
      TERM: 'xterm',
      LANG: 'C',
      HOSTNAME: 'chat-0',
      SHLVL: '1',
      NODE_VERSION: '24',
      NODE_OPTIONS: '',
      npm_config_loglevel: 'warn',
      npm_lifecycle_event: 'start',
      JWT_DEBUG: '1',
      TTL_SECONDS: '5',
      SOCKETS: '2',
      TIMEOUT_MS: '5',
      POOL_SIZE: '5',
      REDIS_PORT: 'tcp://10.0.0.1:6379',
      REDIS_SERVICE_HOST: '10.0.0.1',
      REDIS_SERVICE_PORT: '6379',
      REDIS_PORT_6379_TCP: 'tcp://10.0.0.1:6379',
      REDIS_PORT_6379_TCP_ADDR: '10.0.0.1',
      MONGODB_PORT: 'tcp://10.0.0.2:27017',
      MONGODB_SERVICE_HOST: '10.0.0.2',
      MONGODB_HOST: '10.0.0.2',
      ROOST_PORT: 'tcp://10.0.0.3:3000',
      ROOST_SERVICE_PORT_HTTP: '3000',
      ROOST_PORT_3000_TCP_PROTO: 'tcp',
      KUBERNETES_PORT: 'tcp://10.0.0.4:443',
    };
    expect(problemsOf({ ...ordinary, ...required })).toEqual([]);
  });
});

describe('the .env file', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'settings-'));
    writeFileSync(
      join(directory, '.env'),
      'PORT=4000\nLOG_LEVEL=debug\nCOLOUR=red\nWEB_PORT=80\nCOMPOSE_PROJECT_NAME=chat\n',
    );
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is read in development only, and every unknown name in it is wrong', () => {
    expect(problemsOf({ ...required, NODE_ENV: 'development' }, directory)).toEqual([
      'COLOUR is not a setting (in .env)',
    ]);
    expect(loadSettings({ ...required, NODE_ENV: 'test' }, directory).port).toBe(3000);
  });

  it('yields to the environment', () => {
    writeFileSync(join(directory, '.env'), 'PORT=4000\nLOG_LEVEL=debug\n');
    const settings = loadSettings({ ...required, NODE_ENV: 'development', PORT: '4001' }, directory);
    expect(settings).toMatchObject({ port: 4001, logLevel: 'debug' });
  });
});
