import { isIPv6 } from 'node:net';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** Where a request comes from, for counting: what TRUST_PROXY_HOPS and TRUSTED_PROXIES believe. */
export const ClientAddress = createParamDecorator((_data: unknown, context: ExecutionContext): string =>
  clientAddress(context.switchToHttp().getRequest<Request>().ip ?? ''),
);

/** Networks in whose addresses an IPv4 address stands: all of its people would share one /64. */
const carryingV4 = /^(?:::ffff:|64:ff9b::)(.+)$/i;
/** Some proxies name the port as well. */
const withPort = /^(?:(\d+\.\d+\.\d+\.\d+)|\[([0-9a-f:.]+)\]):\d+$/i;

/** One customer of an IPv6 network has a whole /64 and may take another address for every request: it counts as one. */
export function clientAddress(written: string): string {
  const [, v4WithPort, v6WithPort] = withPort.exec(written) ?? [];
  const ip = v4WithPort ?? v6WithPort ?? written;
  if (!isIPv6(ip) || ip === '::1') return ip;
  const carried = carryingV4.exec(ip)?.[1];
  return (carried !== undefined && dotted(carried)) || network(ip);
}

/** The last two groups of an IPv6 address as an IPv4 address; undefined where there are not just two. */
function dotted(groups: string): string | undefined {
  if (groups.includes('.')) return groups;
  const [high, low, more] = groups.split(':').map((group) => Number.parseInt(group, 16));
  if (high === undefined || low === undefined || more !== undefined) return undefined;
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

function network(ip: string): string {
  const [head = '', tail] = ip.split('%')[0]!.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(Math.max(0, missing)).fill('0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
