import type { Settings } from '@roost/settings';
import { expect, it } from 'vitest';
import { addressOf, trustedProxies } from './trusted-proxies.js';

const outer = ['10.0.0.0/8', '2001:db8:1::/48', '192.0.2.9'];

const seenFrom = (remoteAddress: string, forwarded: string | undefined, settings: object) =>
  addressOf(
    { address: remoteAddress, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } },
    trustedProxies({ trustedProxies: [], ...settings } as unknown as Settings),
  );

it.each([
  // Nobody is believed.
  ['203.0.113.7', '6.6.6.6', { trustProxyHops: 0 }, '203.0.113.7'],
  // nginx, which says one address.
  ['127.0.0.1', '203.0.113.7', { trustProxyHops: 1 }, '203.0.113.7'],
  ['127.0.0.1', undefined, { trustProxyHops: 1 }, '127.0.0.1'],
  ['127.0.0.1', '6.6.6.6, 203.0.113.7', { trustProxyHops: 1 }, '203.0.113.7'],
  // A proxy by its address, and none that only says so.
  ['10.1.2.3', '6.6.6.6, 203.0.113.7', { trustProxyHops: 0, trustedProxies: outer }, '203.0.113.7'],
  ['::ffff:10.1.2.3', '203.0.113.7', { trustProxyHops: 0, trustedProxies: outer }, '203.0.113.7'],
  ['203.0.113.7', '10.1.2.3, 6.6.6.6', { trustProxyHops: 0, trustedProxies: outer }, '203.0.113.7'],
  ['2001:db8:1::5', '203.0.113.7, 192.0.2.9', { trustProxyHops: 0, trustedProxies: outer }, '203.0.113.7'],
  ['2001:db8:2::5', '203.0.113.7', { trustProxyHops: 0, trustedProxies: outer }, '2001:db8:2:0::/64'],
  // Several after the nearest one.
  ['172.18.0.2', '6.6.6.6, 203.0.113.7, 10.9.9.9', { trustProxyHops: 1, trustedProxies: outer }, '203.0.113.7'],
  // All are believed: the furthest is who asks.
  ['10.1.2.3', '10.2.2.2', { trustProxyHops: 0, trustedProxies: outer }, '10.2.2.2'],
  // What is no address is nobody's proxy.
  ['10.1.2.3', '203.0.113.7, unknown', { trustProxyHops: 0, trustedProxies: outer }, 'unknown'],
])('who connects from %s and forwards for %s, with %j, counts as %s', (remote, forwarded, settings, counted) => {
  expect(seenFrom(remote, forwarded, settings)).toBe(counted);
});
