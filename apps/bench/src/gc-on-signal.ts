/**
 * Loaded into a replica whose memory is measured: what can be freed is freed on SIGUSR2, the room for new objects included, which
 * grows and shrinks by itself and would be taken for that of sockets. Needs `--expose-gc`.
 */
process.on('SIGUSR2', () => globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' }));
