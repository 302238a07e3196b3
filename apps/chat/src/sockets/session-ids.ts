import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { LRUCache } from 'lru-cache';
import { atMost } from '../kernel/at-most.js';
import { derivedKeys } from '../kernel/derived-keys.js';
import { SETTINGS } from '../kernel/settings.module.js';

const cipher = 'aes-256-gcm';
const [nonceBytes, tagBytes] = [12, 16];
/** As many as a replica has addresses, and more. */
const addressesMax = 32;

/**
 * The ids of Engine.IO's sessions. Every poll of a session has to reach the replica that has it, so its id says at which
 * address that one was reached: sealed, so that nobody outside learns addresses, nor makes nginx call one of their choice.
 */
@Injectable()
export class SessionIds {
  private readonly keys: readonly [Buffer, ...Buffer[]];
  private readonly sealed = new LRUCache<string, string>(atMost(addressesMax));

  constructor(@Inject(SETTINGS) settings: Settings) {
    this.keys = derivedKeys(settings, 'roost session id');
  }

  /** An id like this one for a session that this request opens here. */
  placed(id: string, { socket }: Pick<IncomingMessage, 'socket'>): string {
    const address = ownAddress(socket);
    return address === undefined ? id : `${id}.${this.seal(address)}`;
  }

  /** Where the replica was reached that made this id; undefined where none of this cluster has. */
  ownerOf(id: string): string | undefined {
    const sealed = Buffer.from(id.slice(id.indexOf('.') + 1), 'base64url');
    if (sealed.length <= nonceBytes + tagBytes) return undefined;
    return this.keys.reduce<string | undefined>((found, key) => found ?? opened(sealed, key), undefined);
  }

  private seal(address: string): string {
    const known = this.sealed.get(address);
    if (known !== undefined) return known;
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, this.keys[0], nonce, { authTagLength: tagBytes });
    const text = Buffer.concat([sealing.update(address), sealing.final()]);
    const sealed = Buffer.concat([nonce, text, sealing.getAuthTag()]).toString('base64url');
    this.sealed.set(address, sealed);
    return sealed;
  }
}

function opened(sealed: Buffer, key: Buffer): string | undefined {
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  opening.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([opening.update(sealed.subarray(nonceBytes, -tagBytes)), opening.final()]).toString();
  } catch {
    return undefined;
  }
}

/** This end of a connection, as who made it wrote it; undefined where that is of no use to others. */
function ownAddress({ localAddress, localPort }: TcpSocket): string | undefined {
  if (localAddress === undefined || localPort === undefined || localAddress.includes('%')) return undefined;
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/i, '');
  return `${address.includes(':') ? `[${address}]` : address}:${localPort}`;
}
