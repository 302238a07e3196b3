import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readArguments } from './options.mjs';

test('without arguments: three replicas, any port, data in .data', () => {
  const options = { replicas: 3, port: undefined, data: resolve('.data'), fresh: false, watch: false };
  expect(readArguments([])).toEqual(options);
});

test('every option is taken', () => {
  const asked = readArguments(['--replicas', '5', '--port=9000', '--data', '/tmp/x', '--fresh', '--watch']);
  const options = { replicas: 5, port: 9000, data: '/tmp/x', fresh: true, watch: true };
  expect(asked).toEqual(options);
});

test('help wins over everything beside it', () => {
  expect(readArguments(['--help', '--replicas', '0'])).toBeUndefined();
});

test.each([
  [['--replicas', '0'], "--replicas must be a whole number from 1 to 16, not '0'"],
  [['--replicas', '2.5'], "--replicas must be a whole number from 1 to 16, not '2.5'"],
  [['--port', '70000'], "--port must be a whole number from 1 to 65535, not '70000'"],
  [['--port', ''], "--port must be a whole number from 1 to 65535, not ''"],
  [['--replica', '3'], "Unknown option '--replica'"],
  [['restart'], "Unexpected argument 'restart'"],
  [['--data'], "Option '--data <value>' argument missing"],
])('%j is named as wrong', (argv, problem) => {
  expect(() => readArguments(argv)).toThrow(problem);
});
