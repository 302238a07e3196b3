/**
 * @param {{ engines: { node: string } }} manifest package.json
 * @returns the least version of Node that it names: `>=20.19` gives 20.19
 */
export function minimumIn({ engines }) {
  return engines.node.replace(/^>=\s*/, '');
}

/**
 * Whether one version comes before another, by its first two numbers.
 *
 * @param {string} version
 * @param {string} than
 */
export function isOlder(version, than) {
  const [major, minor] = numbersIn(version);
  const [thanMajor, thanMinor] = numbersIn(than);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}

/** @param {string} version */
function numbersIn(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return /** @type {const} */ ([major, minor]);
}
