/** Scripts in which U+200C and U+200D, invisible by themselves, say where letters join. */
const joiningScripts =
  'Arab Syrc Mong Nkoo Adlm Rohg Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr Tibt Bali Java Sund'
    .split(' ')
    .map((script) => String.raw`\p{scx=${script}}`)
    .join('');

/** Where invisible characters belong: each of these ends in one, behind something that is seen. */
const needed = new RegExp(
  String.raw`(?!\p{DI})(?:${[
    // People, professions and flags of several emoji, behind a skin tone or not.
    String.raw`[\p{ExtPict}\p{EMod}]\ufe0f?\u200d(?=\p{ExtPict})`,
    String.raw`[${joiningScripts}][\u200c\u200d]`,
    // Variants of emoji and of Chinese characters; of Mongolian letters; flags of parts of countries.
    String.raw`[\p{Emoji}\p{scx=Hani}][\ufe00-\ufe0f\u{e0100}-\u{e01ef}]`,
    String.raw`\p{scx=Mong}[\u180b-\u180d\u180f]`,
    String.raw`\u{1f3f4}[\u{e0030}-\u{e007a}]{3,6}\u{e007f}`,
  ].join('|')})`,
  'gu',
);

const foreign = /[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\p{ExtPict}]|\p{DI}/u;

/**
 * Whether text has nothing but what people write: the FreeformClass of RFC 8264, without its tables for old scripts and
 * with the sequences of emoji, which are younger. Outside are control and format characters, line breaks, halves of
 * surrogate pairs, what Unicode has not assigned, and what is invisible where nothing needs it.
 */
export const isFreeform = (text: string): boolean => !foreign.test(text.replace(needed, ''));
