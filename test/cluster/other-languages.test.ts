import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '@roost/local-cluster';
import { expect, onTestFinished, test } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';

/** Told to renew its token, which it is 60 s before the end, a moment after it has connected. */
const settings = { ACCESS_TOKEN_TTL_SECONDS: '62', DRAIN_SPREAD_MS: '0' };
const clusterIt = clusterTest({ replicas: 2, nginx: true, settings });

const folder = join(projectRoot(), 'docs/examples');
/** Debian's: another one on the PATH has not what Debian's packages bring. */
const python = ['/usr/bin/python3', 'python3'].find((one) => succeeds(one, ['-c', 'import socketio, websocket']));

function succeeds(program: string, args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** A program that talks in lines. */
class Program {
  private readonly lines: string[] = [];
  private heard = Promise.withResolvers<void>();
  readonly ended: Promise<number | null>;
  private readonly process: ChildProcess;

  constructor(program: string, args: string[]) {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], cwd: join(folder, 'python') });
    this.process = child;
    this.ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
    for (const output of [child.stdout, child.stderr]) {
      createInterface(output).on('line', (line) => {
        this.lines.push(line);
        this.heard.resolve();
        this.heard = Promise.withResolvers();
      });
    }
    onTestFinished(async () => {
      child.kill();
      await this.ended;
    });
  }

  /** The next line of this form; what was said before it is over. */
  async says(form: RegExp): Promise<string> {
    for (;;) {
      const at = this.lines.findIndex((line) => form.test(line));
      if (at >= 0) return this.lines.splice(0, at + 1).at(-1)!;
      const over = await Promise.race([this.heard.promise.then(() => false), this.ended.then(() => true)]);
      if (over && !this.lines.some((line) => form.test(line))) {
        throw new Error(`it ended without saying ${form}:\n${this.lines.join('\n')}`);
      }
    }
  }

  type(line: string): void {
    this.process.stdin!.write(`${line}\n`);
  }
}

const needs = (there: unknown, what: string): string => (there ? '' : ` (passed over: there is no ${what} here)`);
const pythonIt = clusterIt.runIf(python !== undefined);
const noPython = needs(python, 'python3-socketio with python3-websocket');

pythonIt(
  `M4 M5 H5 S1 G3 the client in Python hears and sends, renews its token, moves and catches up${noPython}`,
  async ({ cluster }) => {
    const { email, password } = await cluster.person('ada');
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const grace = await cluster.client('grace', { nginx: true, reconnect: true });
    const link = await cluster.linkTo({ nginx: true });
    const ada = new Program(python!, ['client.py', `http://127.0.0.1:${link.port}`, email, password]);

    await ada.says(/^connected to replica-/);
    await grace.send(chat.id, 'Hello Ada');
    await ada.says(/^1 Grace: Hello Ada$/);
    ada.type('Grüße \u{1f600}');
    expect(await grace.next('message:new', ({ seq }) => seq === 2)).toMatchObject({ text: 'Grüße \u{1f600}' });
    await ada.says(/^token renewed$/);

    await link.cut();
    await grace.send(chat.id, 'While you were away');
    await link.mend();
    const back = Number((await ada.says(/^connected to replica-/)).at(-1));
    await ada.says(/^3 Grace: While you were away$/);

    expect(await cluster.replica(back).stop({ timeoutMs: 20_000 })).toMatchObject({ code: 0 });
    await ada.says(new RegExp(`^connected to replica-${3 - back}$`));
    await cluster.replica(back).start();

    await cluster.http('POST /auth/password', { as: 'ada', body: { currentPassword: password, newPassword: 'another battery staple' } }); // prettier-ignore
    await ada.says(/^auth\/session_revoked \(auth\/session_revoked\)$/);
    expect(await ada.ended).toBe(1);
  },
);

pythonIt(
  `H3 the client in Python stops where it is refused for good, after one attempt to renew${noPython}`,
  async ({ cluster }) => {
    const url = cluster.url({ nginx: true });
    const wrong = new Program(python!, ['client.py', url, 'nobody@example.org', 'wrong']);
    await wrong.says(/^E-mail or password is wrong/);
    expect(await wrong.ended).toBe(1);

    const forged = `
import client
session = client.Session(${JSON.stringify(url)}, {"accessToken": "none", "refreshToken": "none"})
try: client.Client(session).run()
except client.Refused as refusal: print(refusal.code)
`;
    const stale = new Program(python!, ['-c', forged]);
    await stale.says(/^auth\/refresh_token_invalid$/);
    expect(await stale.ended).toBe(0);
  },
);

const home = (...parts: string[]): string => join(homedir(), ...parts);

/** Compiled where their tools and the libraries that they use are on this machine: nothing is downloaded. */
const compiled = [
  { language: 'Java', folder: 'java', library: home('.m2/repository/io/socket/socket.io-client'), command: ['mvn', '-o', '-q', 'compile'] },
  { language: 'Go', folder: 'go', library: home('go/pkg/mod/github.com/zishang520/socket.io/clients/socket'), command: ['go', 'vet', '-mod=mod', '.'] },
  { language: 'Rust', folder: 'rust', library: home('.cargo/registry/src/*/rust_socketio-0.6*'), command: ['cargo', 'check', '--offline', '--quiet'] },
]; // prettier-ignore

for (const { language, folder: name, library, command } of compiled) {
  const [program = '', ...args] = command;
  const isThere = globSync(library).length > 0 && succeeds(program, [program === 'go' ? 'version' : '--version']);
  const why = needs(isThere, `${program} with the library that it uses`);
  test.runIf(isThere)(`the client in ${language} compiles${why}`, () => {
    const copy = mkdtempSync(join(tmpdir(), 'roost-example-'));
    onTestFinished(() => rmSync(copy, { recursive: true }));
    cpSync(join(folder, name), copy, { recursive: true });
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: copy, encoding: 'utf8' });
    expect({ status, said: stdout + stderr }).toMatchObject({ status: 0 });
  });
}
