/** Loaded into a replica with `--import`: faults on demand, of the kind that no boundary of its own catches. */
process.on('SIGUSR2', () => void Promise.reject(new Error('provoked rejection')));
process.on('SIGHUP', () => {
  throw new Error('provoked exception');
});
