import { NoAnswer } from '../failures.js';

/** What came back for a request. */
export interface Exchange<Answer> {
  readonly ok: boolean;
  readonly status: number;
  /** What was promised for success, or a refusal; undefined where it is not JSON, as a proxy's error page. */
  readonly answer: Answer | undefined;
}

/** @throws NoAnswer where nobody answered; what `signal` says where that aborts */
export async function exchange<Answer>(
  line: string,
  url: string,
  request: RequestInit,
  signal: AbortSignal | undefined,
): Promise<Exchange<Answer>> {
  try {
    const ends = [request.signal, signal].filter((one) => one instanceof AbortSignal);
    const response = await fetch(url, { ...request, signal: AbortSignal.any(ends) });
    const isJson = response.status !== 204 && response.headers.get('content-type')?.includes('json');
    return { ok: response.ok, status: response.status, answer: isJson ? await response.json() : undefined };
  } catch (cause) {
    signal?.throwIfAborted();
    const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
    throw new NoAnswer(line, timedOut ? 'timeout' : 'disconnected', { cause });
  }
}

/** Told how many bytes have left this device, of how many. */
export type Progress = (sent: number, total: number) => void;

/** The same for a form with files, which take as long as they take. Only browsers say how far they are. */
export function exchangeForm<Answer>(
  line: string,
  url: string,
  { headers, form, onProgress }: { headers: Record<string, string>; form: FormData; onProgress: Progress | undefined },
  signal: AbortSignal | undefined,
): Promise<Exchange<Answer>> {
  if (!onProgress || typeof XMLHttpRequest === 'undefined')
    return exchange(line, url, { method: 'POST', headers, body: form }, signal);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => {
      request.abort();
      reject(signal?.reason as Error);
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    request.addEventListener('loadend', () => signal?.removeEventListener('abort', abort));
    request.addEventListener('error', () => reject(new NoAnswer(line, 'disconnected')));
    request.addEventListener('load', () => {
      try {
        resolve(answered(request));
      } catch (cause) {
        reject(new NoAnswer(line, 'gateway', { cause }));
      }
    });
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded, total));
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(form);
  });
}

function answered<Answer>(request: XMLHttpRequest): Exchange<Answer> {
  const { status, responseText } = request;
  const isJson = request.getResponseHeader('content-type')?.includes('json');
  const answer = isJson ? (JSON.parse(responseText) as Answer) : undefined;
  return { ok: status >= 200 && status < 300, status, answer };
}
