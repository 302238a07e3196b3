/** Words kept of one name or taken from one query: bounds the index entries of an account. */
const wordsMax = 8;

/**
 * Lower case and without accents, so that `jose` finds `José`; each emoji is a word, of several joined ones each. A name of
 * nothing but other signs has these for words.
 */
export function nameWordsOf(name: string): string[] {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.match(/[\p{L}\p{N}]+|\p{RI}{2}|\p{ExtPict}/gu) ?? plain.split(/\s+/u).filter(Boolean);
  return [...new Set(words)].slice(0, wordsMax);
}
