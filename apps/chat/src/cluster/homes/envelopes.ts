import { z } from 'zod';
import { hexId } from '../../kernel/hex-id.js';

/** Entries of one log for one chat in one message. */
export const entriesMax = 100;

/** What one replica says to another is refused above this; 100 messages of 8,000 characters are below. */
export const envelopeMaxChars = 8_388_608;

const number = z.int().nonnegative();
const replica = z.string().min(1).max(64);
const log = z.enum(['messages']);
export type LogName = z.infer<typeof log>;

/**
 * Entries of one chat, from `first` on numbered without a gap. With each epoch a source begins anew, after it has heard what
 * became of everything before.
 */
const Stretch = z.strictObject({
  chatId: hexId,
  epoch: number,
  first: number,
  entries: z.array(z.unknown()).min(1).max(entriesMax).readonly(),
});
export type Stretch<Entry = unknown> = Omit<z.infer<typeof Stretch>, 'entries'> & {
  readonly entries: readonly Entry[];
};

const text = z.string().max(1_000);
const Refused = z.strictObject({
  code: text,
  error: text,
  retryable: z.boolean(),
  retryAfterMs: number.optional(),
  details: z
    .array(z.strictObject({ path: text, message: text }))
    .max(100)
    .optional(),
  correlationId: text.optional(),
});

/**
 * What a home has to say beside its broadcast. `seen before`: the entry is stored. `broken`: neither this entry nor any later
 * one of its epoch is tried by the home from now on.
 */
const Answer = z.strictObject({
  chatId: hexId,
  epoch: number,
  n: number,
  said: z.union([z.literal(['seen before', 'broken']), Refused]),
});
export type Answer = z.infer<typeof Answer>;

/** All that replicas say to each other on their own channels. */
export const Envelope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('beat'), from: replica, beat: number }),
  z.strictObject({ kind: z.literal('leaving'), from: replica }),
  z.strictObject({
    kind: z.literal('hand-over'),
    from: replica,
    log,
    /** The last beat of the home that its source has heard: says how old this is, by the clock of the home alone. */
    beat: number,
    stretches: z.array(Stretch).min(1).max(entriesMax).readonly(),
  }),
  z.strictObject({
    kind: z.literal('answers'),
    from: replica,
    log,
    answers: z.array(Answer).min(1).max(entriesMax).readonly(),
  }),
]);
export type Envelope = z.infer<typeof Envelope>;
