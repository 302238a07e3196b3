/**
 * What a command line comes to, as an exit code: 0 and the help where that is asked for, 2 where the arguments are wrong,
 * else what `act` gives.
 *
 * @param read gives what is to be done, undefined where help is asked for; throws what is wrong, in words
 */
export async function obey<Work>(
  help: string,
  read: () => Work | undefined,
  act: (work: Work) => Promise<number>,
): Promise<number> {
  let work: Work | undefined;
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
