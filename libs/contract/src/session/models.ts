import { z } from 'zod';
import { id, time } from '../base/fields.js';
import { Me } from '../user/models.js';

/** Issued on signing in. `expiresAt` is the access token's. */
export const Tokens = z.object({ accessToken: z.string(), refreshToken: z.string(), expiresAt: time, user: Me });
export type Tokens = z.infer<typeof Tokens>;

/** One signed-in device; `current` is the one that asks. */
export const Session = z.object({ id, createdAt: time, expiresAt: time, current: z.boolean() });
export type Session = z.infer<typeof Session>;

/**
 * What holds for one socket, so that its client can pace itself. A rate that is switched off is left out, and so is its burst.
 * Rates are one person's, over all their sockets and REST calls of this replica.
 */
export const SocketLimits = z.object({
  sendsPerS: z.int().positive().optional(),
  sendsBurst: z.int().positive().optional(),
  commandsPerS: z.int().positive().optional(),
  commandsBurst: z.int().positive().optional(),
  /** With more refused commands than this in ten seconds the socket is closed. */
  refusalsPer10S: z.int().positive(),
  maxFrameBytes: z.int().positive(),
  /** Code points of a message's text. */
  textMax: z.int().positive(),
  /** Chats in one request to sync. */
  syncChats: z.int().positive(),
  /** Chats whose facts come without their being opened. */
  joinedChatsMax: z.int().positive(),
  /** Bytes of what one answer tells. */
  pageBytes: z.int().positive(),
  /** Changes of one's own log in one answer to sync; older replicas keep no such log. */
  ownChanges: z.int().positive().optional(),
});
export type SocketLimits = z.infer<typeof SocketLimits>;
