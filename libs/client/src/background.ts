/**
 * Work that nobody waits for. It handles what may be expected to fail; whatever else it rejects with is a defect of the SDK,
 * which is shown and must not end the program that uses it.
 */
export function inBackground(work: Promise<unknown>): void {
  work.catch((error: unknown) => console.error('@roost/client:', error));
}
