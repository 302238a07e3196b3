/** `${NAME}`, `${NAME:-other}`, `${NAME-other}`, `${NAME:?why}`, `${NAME?why}`. */
const innermost = /\$\{([A-Za-z_]\w*)(?:(:?[-?])([^${}]*))?\}/;
/** Stands for `$$`, which is a dollar and begins no variable. */
const dollar = '\0';

/** @typedef {Record<string, string | undefined>} Environment */

/**
 * Fills variables into all texts of `value`, as Compose does before it reads them.
 *
 * @param {unknown} value what YAML gave
 * @param {Environment} env
 * @returns {any}
 * @throws Error that names a variable that has to be set
 */
export function interpolate(value, env) {
  if (typeof value === 'string') return inText(value, env);
  if (Array.isArray(value)) return value.map((one) => interpolate(one, env));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, interpolate(one, env)]));
}

/**
 * From the inside out, for what stands in for one may name another.
 *
 * @param {string} text
 * @param {Environment} env
 */
function inText(text, env) {
  let filled = text.replaceAll('$$', dollar);
  for (let found = innermost.exec(filled); found; found = innermost.exec(filled)) {
    const [whole, name = '', operator, other = ''] = found;
    const end = filled.slice(found.index + whole.length);
    filled = filled.slice(0, found.index) + valueOf(env[name], name, operator, other) + end;
  }
  return filled.replaceAll(dollar, '$');
}

/**
 * @param {string | undefined} value
 * @param {string} name
 * @param {string | undefined} operator
 * @param {string} other
 */
function valueOf(value, name, operator, other) {
  const isThere = operator?.startsWith(':') ? Boolean(value) : value !== undefined;
  if (isThere || operator === undefined) return value ?? '';
  if (operator.endsWith('?')) throw new Error(`required variable ${name} is missing a value: ${other}`);
  return other;
}
