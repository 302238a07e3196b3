import type { z } from 'zod';
import type { CommandEntry } from './base/entries.js';
import { chatCommands } from './chat/commands.js';
import { meCommands } from './me/commands.js';
import { banCommands } from './ban/commands.js';
import { inviteCommands } from './invite/commands.js';
import { memberCommands } from './member/commands.js';
import { messageCommands } from './message/commands.js';
import { presenceCommands } from './presence/commands.js';
import { reactionCommands } from './reaction/commands.js';
import { receiptCommands } from './receipt/commands.js';
import { sessionCommands } from './session/commands.js';
import { syncCommands } from './sync/commands.js';
import { userCommands } from './user/commands.js';

/** Every command. */
export const commands = {
  ...chatCommands,
  ...memberCommands,
  ...banCommands,
  ...inviteCommands,
  ...messageCommands,
  ...reactionCommands,
  ...receiptCommands,
  ...presenceCommands,
  ...sessionCommands,
  ...userCommands,
  ...meCommands,
  ...syncCommands,
} as const satisfies Record<string, CommandEntry>;

export type { CommandEntry };
export type CommandName = keyof typeof commands;
/** What a handler gets: checked, defaults filled in. */
export type RequestOf<K extends CommandName> = z.output<(typeof commands)[K]['request']>;
/** What a client sends. */
export type RequestInput<K extends CommandName> = z.input<(typeof commands)[K]['request']>;
export type ReplyOf<K extends CommandName> = z.output<(typeof commands)[K]['reply']>;
