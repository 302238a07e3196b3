import { expect, test } from 'vitest';
import { databaseOf, withDatabase } from './mongo-uri.js';

test.each([
  ['mongodb://h:1', undefined, 'mongodb://h:1/other'],
  ['mongodb://h:1/', undefined, 'mongodb://h:1/other'],
  ['mongodb://h:1/chat', 'chat', 'mongodb://h:1/other'],
  ['mongodb://u:p@a:1,b:2/chat?replicaSet=rs0&w=1', 'chat', 'mongodb://u:p@a:1,b:2/other?replicaSet=rs0&w=1'],
  ['mongodb+srv://h?tls=true', undefined, 'mongodb+srv://h/other?tls=true'],
])('%s names the database %s', (uri, database, withOther) => {
  expect(databaseOf(uri)).toBe(database);
  expect(withDatabase(uri, 'other')).toBe(withOther);
});

test('an address that is none is refused without repeating it, for it may hold a password', () => {
  expect(() => databaseOf('secret@somewhere')).toThrow(/^(?!.*secret).*MONGODB_URI is not an address/);
});
