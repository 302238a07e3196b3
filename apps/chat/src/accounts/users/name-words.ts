/** Words kept of one name or taken from one query: bounds the index entries of an account. */
const wordsMax = 8;

/** Lower case and without accents, so that `jose` finds `José`. */
export function nameWordsOf(name: string): string[] {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return [...new Set(plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean))].slice(0, wordsMax);
}
