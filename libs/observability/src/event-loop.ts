import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Each look wakes the process: at the usual 10 ms that is most of what a replica with nobody connected would do. */
export const loopLookMs = 100;

/** The times between two looks of the event loop, in nanoseconds: `loopLookMs` where it is never late. For one reader, who resets it. */
export const loopLooks = monitorEventLoopDelay({ resolution: loopLookMs });
