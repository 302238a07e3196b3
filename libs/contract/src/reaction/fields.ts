import { z } from 'zod';

/** UTF-16 units of the longest emoji there is, a family, and as much again. */
const emojiUnits = 40;

const variation = '\uFE0F';
/** What is shown as a picture only with the variation selector; a skin tone after it does that as well. */
const textByDefault = /(?=\p{Emoji})\P{Emoji_Presentation}(?!\p{Emoji_Modifier})/gu;

/** Any spelling of an emoji as Unicode wants it stored: with all its variation selectors ("fully qualified", UTS #51). */
export const fullyQualified = (value: string): string =>
  value.replaceAll(variation, '').replaceAll(textByDefault, `$&${variation}`);

// The compiler's target is older than this flag; Node and browsers since 2023 know it.
const oneEmoji = new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v');

/** One emoji of those that Unicode recommends for interchange (RGI, UTS #51). */
export const emoji = z
  .string()
  .max(emojiUnits)
  .overwrite(fullyQualified)
  .refine((value) => oneEmoji.test(value), 'must be one emoji')
  .meta({ minLength: 1 });
