/**
 * Longest wait for what is promised within some seconds. Tests prove that it happens; how long it takes depends on the machine
 * and on what else it does, and is measured by the bench (docs/guarantees.md). Less than `HEADS_INTERVAL_MS`, which finds
 * by itself what was lost.
 */
export const patienceMs = 20_000;
