import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loopbackAddresses } from './free-port.js';
import { projectRoot, systemEnv } from './programs.js';

/** What differs between one nginx on this machine and another. */
export interface NginxPlace {
  /** Folder of its own for configuration, logs and temporary files. */
  dir: string;
  port: number;
  replicaPorts: number[];
  /** Folder of the page's files. */
  webRoot: string;
  /** What `nginx/write-settings` takes from the environment. */
  settings?: NginxSettings;
}

export interface NginxSettings {
  /** Origins of pages that may read what nginx itself refuses, separated by commas. */
  FRONTEND_URL?: string;
  /** Proxies in front of nginx whose `X-Forwarded-For` is believed, separated by commas. */
  TRUSTED_PROXIES?: string;
  /** Files of a certificate and of its key, absolute: the port speaks TLS then. */
  TLS_CERT?: string;
  TLS_KEY?: string;
  /** `true`: the page says that browsers are to use nothing but TLS. */
  TLS_IN_FRONT?: string;
}

/** Files that are the same on one machine and in containers. */
const sharedFiles = ['http', 'server', 'replica', 'alive', 'refusals', 'page-headers', 'cors-headers'].map(
  (name) => `${name}.conf`,
);

/**
 * Writes the configuration of `nginx/` into `dir`, made for this machine: nginx.conf, for an nginx that runs in that folder,
 * and what it includes.
 */
export function writeNginxConfig(place: NginxPlace): void {
  const source = join(projectRoot(), 'nginx');
  mkdirSync(place.dir, { recursive: true });
  // Beside the main file, for nginx looks up relative includes there.
  for (const name of sharedFiles) copyFileSync(join(source, name), join(place.dir, name));
  writeSettings(place);
  linkPage(place);
  const template = readFileSync(join(source, 'local.conf.template'), 'utf8');
  writeFileSync(join(place.dir, 'nginx.conf'), fillIn(template, valuesFor(place)));
}

/** A setting of nginx that whoever set it can put right. */
export class WrongNginxSetting extends Error {}

/** Refuses what nginx would be started with, before anything else is. @param dir nginx' own folder */
export function checkNginxSettings(dir: string, settings: NginxSettings): void {
  mkdirSync(dir, { recursive: true });
  writeSettings({ dir, settings });
}

function writeSettings({ dir, settings }: Pick<NginxPlace, 'dir' | 'settings'>): void {
  const script = join(projectRoot(), 'nginx/write-settings');
  const { status, stderr } = spawnSync(script, [dir], { env: { ...systemEnv(), ...settings }, encoding: 'utf8' });
  if (status !== 0) throw new WrongNginxSetting(stderr.trim());
}

function linkPage({ dir, webRoot }: NginxPlace): void {
  const link = join(dir, 'page');
  if (resolve(webRoot) === resolve(link)) return;
  rmSync(link, { force: true });
  symlinkSync(resolve(webRoot), link);
}

function valuesFor({ port, replicaPorts, settings }: NginxPlace): Record<string, string> {
  return {
    listenLines: loopbackAddresses()
      .map(listenLine(port, settings?.TLS_CERT !== undefined))
      .join('\n'),
    serverLines: replicaPorts.map(serverLine).join('\n'),
    // Started by root, nginx would give its workers to `nobody`, who may not read a checkout in somebody's home.
    userLine: process.getuid?.() === 0 ? 'user root;' : '',
  };
}

const listenLine = (port: number, tls: boolean) => (address: string) =>
  `    listen ${address.includes(':') ? `[${address}]` : address}:${port}${tls ? ' ssl http2' : ''};`;

/** How long a replica rests that does not say that it is alive: as in compose.conf. */
function serverLine(replicaPort: number): string {
  return `    server 127.0.0.1:${replicaPort} max_fails=1 fail_timeout=3s;`;
}

/** Puts values in place of `{{names}}`; a name without a value is an error, not an empty text. */
function fillIn(template: string, values: Record<string, string>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nginx/local.conf.template: no value for {{${name}}}`);
    return value;
  });
}
