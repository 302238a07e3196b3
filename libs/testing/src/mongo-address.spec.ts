import { expect, test } from 'vitest';
import { hostOf, throughPort } from './mongo-address.js';

test('the first host is taken, with its port or the usual one', () => {
  expect(hostOf('mongodb://one:27117,two:27118/roost')).toEqual({ host: 'one', port: 27_117 });
  expect(hostOf('mongodb://ada:secret@one/roost')).toEqual({ host: 'one', port: 27_017 });
});

test('through a port: credentials, database and options stay, the replica set is not looked for', () => {
  expect(throughPort('mongodb://ada:secret@one:1,two:2/roost?replicaSet=rs0&w=majority', 4000)).toBe(
    'mongodb://ada:secret@127.0.0.1:4000/roost?w=majority&directConnection=true',
  );
  expect(throughPort('mongodb://one', 4000)).toBe('mongodb://127.0.0.1:4000/?directConnection=true');
});

test('what is no such address is refused without showing it', () => {
  expect(() => hostOf('mongodb+srv://ada:secret@cluster.example.org/roost')).toThrow(/^tests need a MONGODB_URI like/);
});
