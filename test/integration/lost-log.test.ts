import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, symlinkSync } from 'node:fs';
import { expect } from 'vitest';
import type { ReplicaPart } from '@roost/local-cluster';
import { clusterTest } from '../support/cluster-test.js';

const formats = [
  { format: 'JSON', test: clusterTest() },
  { format: 'LOG_PRETTY', test: clusterTest({ settings: { LOG_PRETTY: 'true' } }) },
];

/** A line holds the path that was asked for: more of them than a pipe and the replica together keep. */
const requests = 300;
const path = `/${'x'.repeat(7000)}`;

interface Log {
  /** Where stdout and stderr go. */
  readonly file: string;
  /** Once the replica is ready. */
  readonly fail?: () => void;
  readonly close?: () => void;
}

const logs: { what: string; open: (path: string) => Log }[] = [
  { what: 'the disk is full', open: () => ({ file: '/dev/full' }) },
  {
    what: 'their reader is gone',
    open: (file) => {
      const reader = openPipe(file);
      return { file, fail: () => closeSync(reader) };
    },
  },
  {
    what: 'their reader reads no more',
    open: (file) => {
      const reader = openPipe(file);
      return { file, close: () => closeSync(reader) };
    },
  },
];

for (const { format, test } of formats) {
  test.for(logs)(
    `log lines (${format}) are dropped and counted where $what, and the replica works`,
    async ({ open }, { cluster }) => {
      const part = await cluster.parts.create(++replicas);
      const log = open(`${part.logFile}.pipe`);
      symlinkSync(log.file, part.logFile);
      try {
        await part.start();
        const { pid } = part;
        log.fail?.();
        for (let count = 0; count < requests; count++) expect((await fetch(part.url + path)).status).toBe(404);
        expect(await droppedBy(part)).toBeGreaterThan(0);
        expect((await fetch(`${part.url}/health/ready`)).status).toBe(200);
        expect(part.pid).toBe(pid);
        expect(await part.stop()).toMatchObject({ code: 0 });
      } finally {
        await part.stop();
        log.close?.();
      }
    },
  );
}

/** The first is the cluster's own. */
let replicas = 1;

/** A named pipe with a reader that reads nothing. */
function openPipe(file: string): number {
  execFileSync('mkfifo', [file]);
  return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
}

async function droppedBy({ url }: ReplicaPart): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^roost_log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
}
