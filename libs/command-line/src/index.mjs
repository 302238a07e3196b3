/**
 * What the command lines of Roost have in common. Plain JavaScript, and only what Node brings: set-up reads the same
 * files before anything is installed or built, so that `--help` and a wrong option are answered at once.
 */
import { parseArgs } from 'node:util';

/**
 * What a command line comes to, as an exit code: 0 and the help where that is asked for, 2 where the arguments are wrong,
 * else what `act` gives. Programs that used the network end with `process.exit`: at its own end Node 24 may wait for ever, with all
 * of a core, for a TCP connection that nobody reads.
 *
 * @template Work
 * @param {string} help
 * @param {() => Work | undefined} read gives what is to be done, undefined where help is asked for; throws what is
 *   wrong, in words
 * @param {(work: Work) => Promise<number>} act
 */
export async function obey(help, read, act) {
  let work;
  try {
    work = read();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    return 2;
  }
  if (work !== undefined) return act(work);
  console.log(help);
  return 0;
}

/**
 * The same for a program that finds faults, whose exit code 1 says that it found some: one that could not be run ends with 2.
 *
 * @template Work
 * @param {string} help
 * @param {(argv: string[]) => Work | undefined} read
 * @param {(work: Work) => Promise<number>} act
 */
export async function runTool(help, read, act) {
  try {
    return await obey(help, () => read(process.argv.slice(2)), act);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
}

/** Beside its own options every command line has `--help`. */
const helpOption = /** @type {const} */ ({ help: { type: 'boolean', short: 'h', default: false } });

/**
 * The options and words of a command line; undefined where help is asked for.
 *
 * @template {NonNullable<import('node:util').ParseArgsConfig['options']>} Options
 * @param {string[]} argv
 * @param {Options} options
 */
export function parse(argv, options, allowPositionals = false) {
  const asked = parseArgs({ args: argv, allowPositionals, options: { ...helpOption, ...options } });
  return 'help' in asked.values && asked.values.help ? undefined : asked;
}

/**
 * The number in a text, or an error that names what it is for and its limits.
 *
 * @param {string} name
 * @param {string} text
 * @param {number} least
 * @param {number} [most]
 */
export function wholeNumber(name, text, least, most = Number.MAX_SAFE_INTEGER) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  const limits = most === Number.MAX_SAFE_INTEGER ? `, at least ${least}` : ` from ${least} to ${most}`;
  throw new Error(`${name} must be a whole number${limits}, not '${text}'`);
}

/**
 * Work that nobody waits for, in a program that is worth nothing without it: where it fails the program says so and ends
 * with 1.
 *
 * @param {Promise<unknown>} work
 */
export function orFail(work) {
  work.catch((error) => {
    console.error(error);
    process.exit(1);
  });
}
