/**
 * Options of an `LRUCache` that forgets beyond so many entries and takes room for those it has: with `max` it would take it for
 * all of them at once.
 */
export const atMost = (entries: number) => ({ maxSize: entries, sizeCalculation: () => 1 });
