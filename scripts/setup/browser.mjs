import { findIn, findProgram } from './paths.mjs';

/** Not `chromium-browser`: where only that is there, it is Ubuntu's stub, which does nothing but ask for a snap. */
const names = ['chromium', 'google-chrome-stable', 'google-chrome'];
const applications = ['Google Chrome', 'Chromium'];

const onMac = (/** @type {string} */ name) => findIn([`/Applications/${name}.app/Contents/MacOS`], name);

/** @returns {string | undefined} a Chromium or Chrome for the tests of the page: `CHROMIUM_BIN`, else what the system has */
export function findBrowser() {
  if (process.env.CHROMIUM_BIN) return process.env.CHROMIUM_BIN;
  return names.map(findProgram).find(Boolean) ?? applications.map(onMac).find(Boolean);
}
