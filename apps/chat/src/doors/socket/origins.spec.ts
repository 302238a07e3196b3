import { expect, test } from 'vitest';
import { isFriendlyOrigin } from './origins.js';

const friendly = ['https://chat.example.org', 'http://localhost:8080'];

test.each([
  [undefined, 'chat.example.org'],
  ['https://chat.example.org', '10.0.0.7:3000'],
  ['http://localhost:8080', 'localhost:3000'],
  ['http://127.0.0.1:8081', '127.0.0.1:8081'],
  ['https://example.net', 'Example.net'],
])('origin %s of a page at host %s is let in', (origin, host) => {
  expect(isFriendlyOrigin({ ...(origin && { origin }), host }, friendly)).toBe(true);
});

test.each([
  ['https://evil.example.org', 'chat.example.org'],
  ['https://chat.example.org.evil.example', 'chat.example.org'],
  ['http://localhost:8081', 'localhost:3000'],
  ['http://chat.example.org', '10.0.0.7:3000'],
  ['null', 'chat.example.org'],
  ['', ''],
  ['file://', ''],
  ['not an origin', 'chat.example.org'],
])('origin %s of a page at host %s is not', (origin, host) => {
  expect(isFriendlyOrigin({ origin, host }, friendly)).toBe(false);
});

test('without a host there is no same one', () => {
  expect(isFriendlyOrigin({ origin: 'https://chat.example.net' }, friendly)).toBe(false);
});
