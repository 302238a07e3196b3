import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './programs.js';

/** What differs between one nginx on this machine and another. */
export interface NginxPlace {
  /** Folder of its own for configuration, logs and temporary files. */
  dir: string;
  port: number;
  replicaPorts: number[];
  /** Folder of the page's files. */
  webRoot: string;
}

/** Files that are the same on one machine and in containers. */
const sharedFiles = ['http.conf', 'server.conf', 'page-headers.conf'];

/**
 * Writes the configuration of `nginx/` into `dir`, made for this machine.
 *
 * @returns the path of the main file
 */
export function writeNginxConfig(place: NginxPlace): string {
  const source = join(projectRoot(), 'nginx');
  mkdirSync(place.dir, { recursive: true });
  // Beside the main file, for nginx looks up relative includes there.
  for (const name of sharedFiles) copyFileSync(join(source, name), join(place.dir, name));
  const main = join(place.dir, 'nginx.conf');
  writeFileSync(main, fillIn(readFileSync(join(source, 'local.conf.template'), 'utf8'), valuesFor(place)));
  return main;
}

function valuesFor({ dir, port, replicaPorts, webRoot }: NginxPlace): Record<string, string> {
  return {
    dir: quoted(dir),
    port: String(port),
    webRoot: quoted(webRoot),
    serverLines: replicaPorts.map(serverLine).join('\n'),
    // Started by root, nginx would give its workers to `nobody`, who may not read a checkout in somebody's home.
    userLine: process.getuid?.() === 0 ? 'user root;' : '',
  };
}

/** `max_fails=0` for the reason given in compose.conf. */
function serverLine(replicaPort: number): string {
  return `    server 127.0.0.1:${replicaPort} max_fails=0;`;
}

/** Puts values in place of `{{names}}`; a name without a value is an error, not an empty text. */
function fillIn(template: string, values: Record<string, string>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nginx/local.conf.template: no value for {{${name}}}`);
    return value;
  });
}

/** A path as nginx reads it; one with a character that ends or changes a word is refused rather than escaped. */
function quoted(path: string): string {
  if (/["'\\;{}$\n\s]/.test(path)) throw new Error(`nginx cannot be given the path ${JSON.stringify(path)}`);
  return path;
}
