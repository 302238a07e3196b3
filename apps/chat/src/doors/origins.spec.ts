import { expect, test } from 'vitest';
import { isFriendlyOrigin, originPatterns } from './origins.js';

const friendly = originPatterns([
  'https://chat.example.org',
  'http://localhost:8080',
  'https://*.example.com',
  'capacitor://localhost',
]);

test.each([
  [undefined, 'chat.example.org'],
  ['https://chat.example.org', '10.0.0.7:3000'],
  ['http://localhost:8080', 'localhost:3000'],
  ['http://127.0.0.1:8081', '127.0.0.1:8081'],
  ['https://team-1.example.com', 'chat.example.org'],
  ['capacitor://localhost', 'chat.example.org'],
  ['https://example.net', 'Example.net'],
])('origin %s of a page at host %s is let in', (origin, host) => {
  expect(isFriendlyOrigin({ ...(origin && { origin }), host }, friendly)).toBe(true);
});

test.each([
  ['https://evil.example.org', 'chat.example.org'],
  ['https://chat.example.org.evil.example', 'chat.example.org'],
  ['http://localhost:8081', 'localhost:3000'],
  ['http://chat.example.org', '10.0.0.7:3000'],
  ['https://example.com', 'chat.example.org'],
  ['https://a.b.example.com', 'chat.example.org'],
  ['https://team.example.com.evil.example', 'chat.example.org'],
  ['https://teamxexample.com', 'chat.example.org'],
  ['http://team.example.com', 'chat.example.org'],
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
