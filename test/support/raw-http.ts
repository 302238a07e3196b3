import { once } from 'node:events';
import { connect } from 'node:net';
import type { HttpAnswer } from '@roost/testing';

/** Sends bytes that no HTTP client would, and gives the one answer that came before the server closed the connection. */
export async function rawHttp(url: string, request: string | Buffer): Promise<HttpAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => (text += part));
  socket.write(request);
  await once(socket, 'close');
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [status = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line): [string, string] => [line.split(': ')[0]!, line.split(': ')[1]!]));
  return { status: Number(status.split(' ')[1]), headers, body: body === '' ? undefined : JSON.parse(body) };
}
