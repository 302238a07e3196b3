/** Loaded into a replica with `--import`: faults on demand, of the kind that no boundary of its own catches, and a loop that stands still. */
process.on('SIGUSR2', () => void Promise.reject(new Error('provoked rejection')));
process.on('SIGHUP', () => {
  throw new Error('provoked exception');
});
process.on('SIGALRM', () => {
  for (;;);
});
process.on('SIGWINCH', () => {
  // 600 ms that the process is awake; a pause of the whole process shortens only one of the waits.
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (let waits = 0; waits < 6; waits++) Atomics.wait(nobody, 0, 0, 100);
});
