import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from './lock.js';
import { Refused } from './refused.js';

/** What a cluster keeps between starts, and where. */
export interface DataFolder {
  /** The folder itself. */
  root: string;
  store: string;
  redis: string;
  nginx: string;
  logs: string;
  /** What nginx serves as the page: a copy, with the demo accounts beside it. */
  page: string;
  /** The demo people with their passwords. */
  demoFile: string;
  /** The two accounts with which the cluster checks itself; not on the page. */
  checkersFile: string;
  /** Signs access tokens; the same at the next start, so that nobody is signed out by it. */
  jwtSecret: string;
  /** Lets another cluster have the folder. */
  release: () => void;
}

/** All that is ever written there, so that `--fresh` removes nothing else, whatever folder it was given. */
const contents = [
  'store',
  'redis',
  'nginx',
  'page',
  'logs',
  'logs.previous',
  'demo.json',
  'checkers.json',
  'jwt-secret',
];

/** Opens or makes the folder, for this process alone; `Refused` where another has it, or where it cannot be written. */
export function openDataFolder(root: string, fresh: boolean): DataFolder {
  try {
    return open(root, fresh);
  } catch (error) {
    throw error instanceof Error && 'code' in error ? new Refused(`${inWords(error)}\n${remedyOf(root)}`) : error;
  }
}

/** What the system says: `EACCES: permission denied, open '/srv/data/lock'`. */
const inWords = ({ message }: Error): string => `the data folder cannot be used: ${message}`;

const remedyOf = (root: string): string =>
  `Give --data another folder, or make ${root} yours again: sudo chown -R ${process.getuid?.() ?? 'YOU'} '${root}'`;

function open(root: string, fresh: boolean): DataFolder {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const release = takeLock(join(root, 'lock'));
  if (fresh) for (const name of contents) rmSync(join(root, name), { recursive: true, force: true });
  const at = (name: string): string => join(root, name);
  keepOnePrevious(at('logs'));
  return {
    root,
    store: at('store'),
    redis: at('redis'),
    nginx: at('nginx'),
    logs: at('logs'),
    page: at('page'),
    demoFile: at('demo.json'),
    checkersFile: at('checkers.json'),
    jwtSecret: process.env.JWT_SECRET || keptSecret(at('jwt-secret')),
    release,
  };
}

/** The logs of one start and of the one before it; they would grow for ever otherwise. */
function keepOnePrevious(logs: string): void {
  if (!existsSync(logs)) return;
  rmSync(`${logs}.previous`, { recursive: true, force: true });
  renameSync(logs, `${logs}.previous`);
}

function keptSecret(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
