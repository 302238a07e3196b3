import type { User } from '@roost/contract';
import unhomoglyph from 'unhomoglyph';

/** Digits of an id that tell two people apart, nearly always. */
const tagDigits = 6;

/** The skeleton of UTS 39, in either case: what two names have in common that nobody can tell apart. */
export function looksOf(name: string): string {
  const seen = name.normalize('NFKD').replaceAll(/\p{DI}/gu, '');
  return unhomoglyph(unhomoglyph(seen).toLowerCase()).normalize('NFKD');
}

/** A list of a thousand chats is drawn with every message: each name is looked at once. */
const looks = new Map<string, string>();

function knownLooksOf(name: string): string {
  const known = looks.get(name) ?? looksOf(name);
  looks.set(name, known);
  return known;
}

/** The people who are shown together. Whose name looks like another's has a tag, of the id: nobody chooses that. */
export class Names {
  private readonly tags = new Map<string, string>();
  /** The same for the same tags. */
  readonly key: string;

  constructor(people: Iterable<User>) {
    const byId = new Map([...people].map((user) => [user.id, user]));
    const lookalikes = Object.values(Object.groupBy(byId.values(), ({ displayName }) => knownLooksOf(displayName)));
    for (const alike of lookalikes) if (alike && alike.length > 1) this.tell(alike.map(({ id }) => id));
    this.key = [...this.tags].flat().join(' ');
  }

  /** Undefined where the name is enough. */
  tagOf({ id }: User): string | undefined {
    return this.tags.get(id);
  }

  private tell(ids: readonly string[]): void {
    let digits = tagDigits;
    while (new Set(ids.map((id) => id.slice(-digits))).size < ids.length) digits += tagDigits;
    for (const id of ids) this.tags.set(id, id.slice(-digits));
  }
}
