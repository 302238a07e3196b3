import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseYaml } from '@redocly/openapi-core';
import { loadSettings, settingsList } from '../../dist/libs/settings/src/index.js';
import { composeFile } from './compose-schema.mjs';
import { interpolate } from './interpolate.mjs';
import { assert } from './wait.mjs';

// What of the compose file can be tried without an engine. Exit status: 0 all of it held, 1 something did not.

const root = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (path) => readFileSync(join(root, path), 'utf8');
/** Tags say how an overlay is merged; here each file is looked at by itself. */
const yamlOf = (path) => parseYaml(textOf(path).replaceAll(/!(override|reset)\b/g, ''));

const env = { JWT_SECRET: 'x'.repeat(32) };
const ofOverlays = {
  ...env,
  MONGODB_URI: 'mongodb://db/roost?replicaSet=rs0',
  REDIS_URL: 'rediss://db:6379',
  FRONTEND_URL: 'https://chat.example.org',
  TLS_FOLDER: '/etc/certificates',
  TLS_CERT: 'chat.crt',
  TLS_KEY: 'chat.key',
};

/** What the images or the compose file itself decide. */
const decided = ['NODE_ENV', 'PORT', 'HOST', 'REPLICA_NAME', 'TRUST_PROXY_HOPS'];
/** For a Redis that is run elsewhere: deploy/external-stores.yml. */
const ofExternalStores = ['REDIS_SENTINELS', 'REDIS_CLUSTER_NODES', 'REDIS_ADAPTER', 'REDIS_KEY_PREFIX'];

let failed = false;
/** @type {[string, () => string | void][]} */
const steps = [
  ['docker-compose.yml has no field that Compose would not know', hasKnownFields],
  ['a missing JWT_SECRET, and what the overlays need, is named', namesWhatIsMissing],
  ['every variable of a replica is a setting, and every setting of a deployment is passed on', passesSettingsOn],
  ['a replica takes what it is given', isTakenByReplicas],
  ['scripts can be read by sh', scriptsAreRead],
  ['nginx takes its configuration, without and with a certificate', nginxTakesIt],
];
for (const [name, run] of steps) {
  try {
    const note = run();
    console.log(`ok      ${name}${note ? ` (${note})` : ''}`);
  } catch (error) {
    failed = true;
    console.log(`FAILED  ${name}\n        ${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(
  'Not run, for there is no Docker engine: building the images, starting the cluster, messages across containers, scaling, rights of containers.',
);
process.exitCode = failed ? 1 : 0;

function hasKnownFields() {
  const { error } = composeFile.safeParse(interpolate(yamlOf('docker-compose.yml'), env));
  assert(!error, JSON.stringify(error?.issues, null, 1));
  const { services, networks, volumes } = interpolate(yamlOf('docker-compose.yml'), env);
  for (const [name, one] of Object.entries(services)) {
    for (const other of Object.keys(one.depends_on ?? {}))
      assert(services[other], `${name} depends on ${other}, which is not there`);
    for (const network of one.networks) assert(network in networks, `${name}: there is no network ${network}`);
    for (const volume of one.volumes ?? []) {
      const [source] = volume.split(':');
      assert(source.startsWith('.') || source in volumes, `${name}: there is no volume ${source}`);
    }
  }
}

function missingIn(path, given) {
  try {
    interpolate(yamlOf(path), given);
  } catch (error) {
    return error.message;
  }
  return '';
}

function namesWhatIsMissing() {
  assert(missingIn('docker-compose.yml', {}).includes('JWT_SECRET'), 'JWT_SECRET is not asked for');
  for (const path of ['deploy/external-stores.yml', 'deploy/tls.yml']) {
    assert(missingIn(path, ofOverlays) === '', missingIn(path, ofOverlays));
    for (const name of requiredOf(path)) {
      const { [name]: _, ...others } = ofOverlays;
      assert(missingIn(path, others).includes(name), `${path}: ${name} is not asked for`);
    }
  }
}

function requiredOf(path) {
  return [...textOf(path).matchAll(/\$\{(\w+):?\?/g)].map(([, name]) => name);
}

function passesSettingsOn() {
  const { environment } = yamlOf('docker-compose.yml').services.chat;
  const known = settingsList.map(({ name }) => name);
  const unknown = Object.keys(environment).filter((name) => !known.includes(name));
  assert(unknown.length === 0, `no settings: ${unknown.join(', ')}`);
  const wanted = settingsList.filter(
    ({ name, audience, group }) => audience === 'deployment' || (group === 'Logging' && name !== 'LOG_PRETTY'),
  );
  const left = wanted.filter(
    ({ name }) => !(name in environment) && !decided.includes(name) && !ofExternalStores.includes(name),
  );
  assert(left.length === 0, `not passed on: ${left.map(({ name }) => name).join(', ')}`);
  const external = yamlOf('deploy/external-stores.yml').services.chat.environment;
  const leftThere = ofExternalStores.filter((name) => !(name in external));
  assert(leftThere.length === 0, `deploy/external-stores.yml does not pass on: ${leftThere.join(', ')}`);
}

/** Where the text is left out Compose takes the variable from its own environment. */
function isTakenByReplicas() {
  const { environment } = interpolate(yamlOf('docker-compose.yml').services.chat, env);
  const given = Object.entries(environment).filter(([, value]) => value !== null);
  loadSettings(Object.fromEntries(given));
}

function scriptsAreRead() {
  for (const folder of ['nginx', 'deploy', 'deploy/systemd']) {
    for (const name of readdirSync(join(root, folder))) {
      const path = join(root, folder, name);
      if (!name.includes('.') && readIfFile(path).startsWith('#!/bin/sh'))
        execFileSync('sh', ['-n', path], { stdio: 'pipe' });
    }
  }
}

function readIfFile(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // a folder
  }
}

function nginxTakesIt() {
  const version = /nginx\/([\d.]+)/.exec(spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr ?? '')?.[1];
  assert(version, 'there is no nginx on this machine');
  const findsNames = version.localeCompare('1.27.3', undefined, { numeric: true }) >= 0;
  const REPLICAS = findsNames ? 'chat:3000' : '127.0.0.1:3000,127.0.0.1:3001';
  const dir = mkdtempSync(join(tmpdir(), 'roost-nginx-'));
  try {
    cpSync(join(root, 'nginx'), join(dir, 'nginx'), { recursive: true });
    for (const folder of ['tmp', 'www']) mkdirSync(join(dir, folder));
    const file = join(dir, 'nginx/compose.conf');
    const places = { '/tmp/': `${dir}/tmp/`, '/srv/www': `${dir}/www`, '/dev/': `${dir}/` };
    const text = readFileSync(file, 'utf8').replaceAll(/\/tmp\/|\/srv\/www|\/dev\//g, (place) => places[place]);
    writeFileSync(file, text);
    for (const certificate of [{}, newCertificate(dir)]) testNginx(dir, { REPLICAS, ...certificate });
  } finally {
    rmSync(dir, { recursive: true });
  }
  return findsNames
    ? `nginx ${version}`
    : `nginx ${version} has no \`resolve\`, which takes 1.27.3: replicas by address, not by name`;
}

function testNginx(dir, settings) {
  const options = { env: { PATH: process.env.PATH, ...settings }, encoding: 'utf8' };
  const written = spawnSync(join(dir, 'nginx/write-settings'), [join(dir, 'tmp'), '8080', '8443'], options);
  assert(written.status === 0, written.stderr);
  const tested = spawnSync('nginx', ['-t', '-e', 'stderr', '-c', join(dir, 'nginx/compose.conf')], {
    encoding: 'utf8',
  });
  assert(tested.status === 0, tested.stderr);
}

function newCertificate(dir) {
  const [TLS_CERT, TLS_KEY] = [join(dir, 'a.crt'), join(dir, 'a.key')];
  const options = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=a',
    '-keyout',
    TLS_KEY,
    '-out',
    TLS_CERT,
  ];
  execFileSync('openssl', options, { stdio: 'pipe' });
  return { TLS_CERT, TLS_KEY };
}
