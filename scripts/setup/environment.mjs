/**
 * What a shell may carry that was meant for something else and would change what is done here:
 *
 * - `NODE_ENV`: npm, bundlers and test runners act on it. For a cluster that is started it is a setting (docs/settings.md).
 * - `NODE_OPTIONS`: flags for somebody's own program, perhaps for another version of Node; a debugger's port can be had once.
 * - `NODE_USE_ENV_PROXY`: all that is asked over HTTP here is on this machine.
 * - `DEBUG`: libraries would print what passes through them, tokens included, into the logs.
 * - `npm_config_…`: npm's own settings, which the arguments of `npm ci` overrule where they matter.
 *
 * Everything else is passed on: proxies and certificates for npm and apt, colours, time zone, language, and the settings of Roost.
 */
const meantForOthers = ['NODE_ENV', 'NODE_OPTIONS', 'NODE_USE_ENV_PROXY', 'DEBUG'];

/** @returns {Record<string, string | undefined>} this process's environment without what was meant for something else */
export function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !meantForOthers.includes(name)));
}
