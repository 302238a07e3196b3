/** In the order in which `--help` lists them. */
export const faultNames = ['kill', 'redis', 'mongo', 'restart'] as const;
export type FaultName = (typeof faultNames)[number];
