import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { liveHolder } from '../lock.js';
import type { Say } from '../progress.js';
import { Refused } from '../refused.js';
import { type Request, answerShape, parseLine } from './messages.js';
import { socketPath } from './socket-path.js';

/**
 * Has the cluster that runs on a data folder do something, and says what it says. `Refused` where none runs there or it
 * ends meanwhile.
 *
 * @returns whether all went well
 */
export async function askCluster(data: string, request: Request, say: Say): Promise<boolean> {
  const socket = await reach(data);
  socket.on('error', () => socket.destroy()); // cut: told below
  socket.write(`${JSON.stringify(request)}\n`);
  for await (const line of createInterface({ input: socket })) {
    const answer = parseLine(answerShape, line);
    if (answer?.kind === 'end') return answer.done;
    if (answer) say(answer.text);
  }
  throw new Refused('the cluster stopped before this was done');
}

async function reach(data: string): Promise<Socket> {
  const socket = connect(socketPath(data));
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    const holder = liveHolder(join(data, 'lock'));
    if (holder !== undefined) {
      throw new Refused(`the cluster on ${data} (process ${holder}) is starting or stopping; try again in a moment`, {
        cause: error,
      });
    }
    throw new Refused(
      `no cluster runs on ${data}; start one with npm start, or say with --data which other folder it runs on`,
      { cause: error },
    );
  }
}
