import type { z } from 'zod';
import type { HintEntry } from './base/entries.js';
import { presenceHints } from './presence/hints.js';
import { typingHints } from './typing/hints.js';

/** Hints: what a client tells and nobody answers. They may be lost, and a bad one is dropped. */
export const hints = { ...typingHints, ...presenceHints } as const satisfies Record<string, HintEntry>;

export type { HintEntry };
export type HintName = keyof typeof hints;
export type HintOf<H extends HintName> = z.output<(typeof hints)[H]['payload']>;
