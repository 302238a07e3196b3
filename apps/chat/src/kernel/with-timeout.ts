/** Rejects with `TimeoutError` where there is no answer in time. The work itself is not stopped. */
export async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    const giveUp = () => reject(new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError'));
    timer = setTimeout(giveUp, timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
