import { SettingsError } from '@roost/settings';
import { expect, it } from 'vitest';
import { describeStartError, StartError } from './start-error.js';

it('wrong settings are told line by line, without a stack', () => {
  const error = new SettingsError([
    { name: 'PORT', problem: 'is "web"; expected a whole number from 0 to 65535' },
    { name: 'JWT_SECRET', problem: 'is missing; expected a text of at least 32 characters' },
  ]);
  expect(describeStartError(error).split('\n')).toEqual([
    'Cannot start, wrong settings: 2 (see docs/settings.md)',
    '  PORT        is "web"; expected a whole number from 0 to 65535',
    '  JWT_SECRET  is missing; expected a text of at least 32 characters',
  ]);
});

it('a store that is not there is named with the cause, without credentials', () => {
  const cause = new Error('connect ECONNREFUSED 127.0.0.1:27017');
  const error = new StartError('MongoDB did not answer at mongodb://ada:pa55@db within 10000 ms', { cause });
  expect(describeStartError(error)).toBe(
    'Cannot start: MongoDB did not answer at mongodb://***@db within 10000 ms (connect ECONNREFUSED 127.0.0.1:27017)',
  );
});

it('a port in use is told in a sentence', () => {
  const error = Object.assign(new Error('listen EADDRINUSE: address already in use :::3000'), { code: 'EADDRINUSE' });
  expect(describeStartError(error)).toBe(
    'Cannot start: the port is in use (listen EADDRINUSE: address already in use :::3000)',
  );
});

it('anything else is a bug and shows where', () => {
  expect(describeStartError(new TypeError('x is not a function'))).toContain('start-error.spec.ts');
  expect(describeStartError('plain text')).toBe('Cannot start: plain text');
});
