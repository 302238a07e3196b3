/** Loaded into a replica whose memory is measured: what can be freed is freed on SIGUSR2. Needs `--expose-gc`. */
process.on('SIGUSR2', () => globalThis.gc?.());
