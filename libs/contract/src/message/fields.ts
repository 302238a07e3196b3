import { z } from 'zod';
import { clientId, written } from '../base/fields.js';
import { limits } from '../base/limits.js';

export const text = written(limits.textCodePoints);

/** Pages of history leave tombstones out unless they are asked for. */
export const withDeleted = z.literal('include').optional();

/** Chosen by the client, unique per sender and chat for ever: the key that makes a retry harmless. */
export const clientMessageId = clientId;
