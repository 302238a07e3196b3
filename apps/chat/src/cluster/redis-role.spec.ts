import { expect, it } from 'vitest';
import { roleIn } from './redis-role.js';

it.each([
  ['# Replication\r\nrole:master\r\nmaster_replid:abc\r\n', { kind: 'master', history: 'abc' }],
  ['role:slave\r\nmaster_host:10.0.0.1\r\nmaster_port:6379\r\n', { kind: 'replica', of: '10.0.0.1:6379' }],
  ['something else', { kind: 'unknown' }],
])('reads %j', (info, role) => {
  expect(roleIn(info)).toEqual(role);
});
