import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readArguments } from './arguments.mjs';

test.each([
  [['status'], { command: 'status' }],
  [['restart'], { command: 'restart' }],
  [['scale', '5'], { command: 'scale', replicas: 5 }],
])('%j is a command to the cluster on .data', (argv, request) => {
  expect(readArguments(argv)).toEqual({ request, data: resolve('.data') });
});

test('another data folder means another cluster', () => {
  expect(readArguments(['--data', '/tmp/x', 'status'])).toMatchObject({ data: '/tmp/x' });
});

test('export and import name a folder and a MongoDB', () => {
  expect(readArguments(['export', 'out'])?.request).toEqual({ command: 'export', dir: resolve('out') });
  expect(readArguments(['import', 'out', 'mongodb+srv://a.example/x'])?.request).toEqual({
    command: 'import',
    dir: resolve('out'),
    uri: 'mongodb+srv://a.example/x',
  });
});

test('help wins over everything beside it', () => {
  expect(readArguments(['scale', 'many', '--help'])).toBeUndefined();
});

test.each([
  [[], 'no command given'],
  [['stop'], "there is no command 'stop'"],
  [['restart', 'chat-1'], "restart takes nothing more, not 'chat-1'"],
  [['scale'], "the number of replicas must be a whole number from 1 to 16, not ''"],
  [['scale', '0'], "must be a whole number from 1 to 16, not '0'"],
  [['scale', '17'], "must be a whole number from 1 to 16, not '17'"],
  [['scale', 'many'], "must be a whole number from 1 to 16, not 'many'"],
  [['scale', '2', '3'], "scale takes one number, not '2 3'"],
  [['export'], 'export needs a folder'],
  [['export', 'a', 'b'], "export takes nothing more, not 'b'"],
  [['import', 'a', 'mongodb://b', 'c'], "import takes nothing more, not 'c'"],
  [['import', 'a', 'localhost'], 'the address is not one like mongodb://host:27017/database'],
  [['status', '--json'], "Unknown option '--json'"],
])('%j is named as wrong', (argv, problem) => {
  expect(() => readArguments(argv)).toThrow(problem);
});
