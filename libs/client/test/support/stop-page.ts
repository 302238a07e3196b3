import type { Page } from 'playwright-core';

/**
 * Nothing runs in this page until the function that this gives is called, and Chromium loses most of what comes on its channels
 * meanwhile. Freezing it would be kinder, but no page is frozen that is to be seen, and to whoever drives the browser all are.
 */
export async function stopPage(page: Page): Promise<() => Promise<void>> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Debugger.enable');
  const stopped = new Promise((resolve) => devtools.once('Debugger.paused', resolve));
  await devtools.send('Debugger.pause');
  const running = page.evaluate(() => 'something to stop at');
  await stopped;
  return async () => {
    await devtools.send('Debugger.resume');
    await running;
    await devtools.detach();
  };
}
