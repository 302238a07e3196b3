import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The built entry: these tests are about the process as it is run. */
const entry = fileURLToPath(new URL('../../../../dist/libs/embedded-mongo/src/main.js', import.meta.url));

export interface ServerProcess {
  uri: string;
  port: number;
  /** Ends the process by a signal and gives its exit status. */
  end(signal: NodeJS.Signals): Promise<{ status: number | null; output: string }>;
}

interface Launched {
  child: ChildProcessByStdio<null, Readable, Readable>;
  output: () => string;
}

/** `under`: a program and its arguments that run the server in its place, and leave it the process. */
function launch(args: string[], under: string[] = []): Launched {
  if (!existsSync(entry)) throw new Error(`${entry} is missing: run "npm run build" first`);
  const [program = '', ...rest] = [...under, process.execPath, entry, ...args];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { child, output: () => output };
}

/** Runs the server until it ends by itself. */
export async function runServer(args: string[]): Promise<{ status: number | null; output: string }> {
  const { child, output } = launch(args);
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output: output() };
}

/** Starts the server and waits for its line "listening". */
export async function startProcess(args: string[], under?: string[]): Promise<ServerProcess> {
  const { child, output } = launch(args, under);
  const { uri, port } = await new Promise<{ uri: string; port: number }>((resolve, reject) => {
    child.once('close', () => reject(new Error(`the server ended: ${output()}`)));
    child.stdout.on('data', () => {
      const line = output()
        .split('\n')
        .find((one) => one.includes('"listening"') && one.endsWith('}'));
      if (line !== undefined) resolve(JSON.parse(line) as { uri: string; port: number });
    });
  });
  return {
    uri,
    port,
    async end(signal) {
      const closed = once(child, 'close') as Promise<[number | null]>;
      child.kill(signal);
      return { status: (await closed)[0], output: output() };
    },
  };
}
