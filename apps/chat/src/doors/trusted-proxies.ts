import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Settings } from '@roost/settings';
import { clientAddress } from './client-address.js';

/** Whether what an address forwards for others is believed; the first hop is who connected. */
export type TrustedProxies = (address: string, hop: number) => boolean;

/** The nearest TRUST_PROXY_HOPS, and those of TRUSTED_PROXIES wherever they stand. */
export function trustedProxies(settings: Settings): TrustedProxies {
  const networks = new BlockList();
  for (const network of settings.trustedProxies) {
    const [address = '', bits] = network.split('/');
    const family = familyOf(address);
    if (bits === undefined) networks.addAddress(address, family);
    else networks.addSubnet(address, Number(bits), family);
  }
  return (address, hop) =>
    hop < settings.trustProxyHops || (isIP(address) !== 0 && networks.check(address, familyOf(address)));
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** What is known of who makes a handshake: what they say, and from where they connect. */
interface Connecting {
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
}

/** Where a handshake comes from, for counting; as Express says it of a request. */
export function addressOf({ headers, address }: Connecting, trusted: TrustedProxies): string {
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const hops = [address, ...forwarded.toReversed()];
  const client = hops.findIndex((one, hop) => !trusted(one, hop));
  return clientAddress(hops.at(client) ?? '');
}
