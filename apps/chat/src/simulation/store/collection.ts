import { textOf } from './filters.js';
import type { Document } from './filters.js';

/** A unique index as a schema declares it; documents without `onlyWith` are not in it. */
export interface UniqueIndex {
  readonly fields: readonly string[];
  readonly onlyWith?: string;
}

/** As mongoose gives what a schema declares. */
type Declared = readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];

/** Those of a schema that are unique, and that of `_id`, which every collection has. */
export function uniqueIndexesOf(declared: readonly unknown[]): readonly UniqueIndex[] {
  const unique = (declared as readonly Declared[]).filter(([, { unique: isUnique }]) => isUnique === true);
  const indexes = unique.map(([fields, { partialFilterExpression }]) => {
    const [onlyWith] = Object.keys(partialFilterExpression ?? {});
    return { fields: Object.keys(fields), ...(onlyWith !== undefined && { onlyWith }) };
  });
  return [{ fields: ['_id'] }, ...indexes];
}

/** Documents under unique indexes. */
export class Collection {
  private readonly documents = new Map<string, Document>();
  private readonly taken = new Set<string>();

  constructor(private readonly indexes: readonly UniqueIndex[]) {}

  get all(): Iterable<Document> {
    return this.documents.values();
  }

  /** The fields of the index that has no place for this document. */
  refusalOf(document: Document): readonly string[] | undefined {
    return this.indexes.find((index) => isIn(index, document) && this.taken.has(keyOf(index, document)))?.fields;
  }

  get(id: string): Document | undefined {
    return this.documents.get(id);
  }

  /** Without a document nothing is left under this id. */
  put(id: string, document: Document | undefined): void {
    const before = this.documents.get(id);
    if (before) for (const key of this.keysOf(before)) this.taken.delete(key);
    if (!document) {
      this.documents.delete(id);
      return;
    }
    this.documents.set(id, document);
    for (const key of this.keysOf(document)) this.taken.add(key);
  }

  private keysOf(document: Document): string[] {
    return this.indexes.filter((index) => isIn(index, document)).map((index) => keyOf(index, document));
  }
}

const isIn = ({ onlyWith }: UniqueIndex, document: Document): boolean =>
  onlyWith === undefined || document[onlyWith] !== undefined;

const keyOf = ({ fields }: UniqueIndex, document: Document): string =>
  `${fields.join()}=${fields.map((field) => textOf(document[field])).join()}`;
