/** One REST call as it is on the wire. */
export interface HttpCall {
  readonly token?: string | undefined;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, else the text; undefined where there is none. */
  readonly body: unknown;
}

const answerMs = 20_000;

/** @param request method and path, for example `GET /chats?limit=2` */
export async function callHttp(base: string, request: string, { token, body, headers }: HttpCall): Promise<HttpAnswer> {
  const [method, path] = request.split(' ');
  const response = await fetch(`${base}${path}`, {
    method,
    signal: AbortSignal.timeout(answerMs),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    body: text && isJson ? JSON.parse(text) : text || undefined,
  };
}
