import { connect } from 'node:net';
import { reasonOf } from './errors.js';

/** Longest wait for one answer; the part may be there and busy starting. */
const answerTimeoutMs = 2_000;
/** Longest silence of a process that is merely busy; shorter, for it is asked several times before it counts as hung. */
const silenceMaxMs = 1_500;

/** Whether `GET url` answers 200; if not, what it answered or why there was no answer. */
export async function answersOk(url: string): Promise<true | string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerTimeoutMs) });
    const body = await response.text();
    return response.status === 200 ? true : `GET ${url} answered ${response.status} ${body.slice(0, 300)}`;
  } catch (error) {
    return `GET ${url}: ${reasonOf(error)}`;
  }
}

/** Whether `GET url` gets any answer, be it that nobody listens: a process that ends or has ended does not hang. */
export async function keepsNoSilence(url: string): Promise<true | string> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(silenceMaxMs) });
    return true;
  } catch (error) {
    const isSilent = error instanceof Error && error.name === 'TimeoutError';
    return !isSilent || `GET ${url} is not answered within ${silenceMaxMs} ms`;
  }
}

/**
 * Connects to a port of 127.0.0.1, says `request` and gives what comes back until `isWhole` says that is all.
 * Rejects when there is no connection, no answer within 2 s, or the other side closes early.
 */
export function converse(port: number, request: string, isWhole: (answer: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1', timeout: answerTimeoutMs }, () => socket.write(request));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
      if (!isWhole(answer)) return;
      resolve(answer);
      socket.destroy();
    });
    socket.on('timeout', () => socket.destroy(new Error(`no answer within ${answerTimeoutMs} ms`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed without a whole answer')));
  });
}
