/** What one replica says of itself and the others, with every heartbeat. All times are the store's. */
export interface Sign {
  readonly _id: string;
  readonly at: Date;
  readonly doubtedAt?: Date;
  readonly hears?: readonly string[];
  readonly hearsAfter?: Date;
  readonly misses?: readonly string[];
  readonly isOnReplica?: boolean;
}

/** The replicas between which and this one nothing goes in one direction at least, and whether it is this one that is cut off. */
export interface Standing {
  readonly apart: readonly string[];
  readonly isAlone: boolean;
}

/** Older signs of life say nothing of now. */
export const freshMs = 6_000;

/**
 * How this replica stands to the others that are alive. Those that doubt for themselves, for nothing they send comes back to them,
 * are left out: they say so, and are not ready. Those of older versions say nothing of whom they hear.
 *
 * It is alone where it is apart from all others, and two of them have proved since it found out that they hear each other, or it
 * is on a replica of Redis and another is not. Older proofs do not count: where all fall apart at once each would take itself
 * for the only one.
 */
export function standingOf(self: Sign, all: readonly Sign[], misses: ReadonlySet<string>, apartSince?: Date): Standing {
  const others = all.filter((sign) => sign._id !== self._id && isComparable(sign, self));
  const apart = others.filter(({ _id, misses: theirs }) => misses.has(_id) || theirs?.includes(self._id));
  const names = apart.map(({ _id }) => _id);
  if (apart.length === 0 || apart.length < others.length || !apartSince) return { apart: names, isAlone: false };
  const isAlone = others.some(
    (one) =>
      (self.isOnReplica && !one.isOnReplica && one.at > apartSince) ||
      others.some((other) => hasHeard(one, other, apartSince) && hasHeard(other, one, apartSince)),
  );
  return { apart: names, isAlone };
}

const isComparable = ({ at, hears, doubtedAt }: Sign, self: Sign): boolean =>
  hears !== undefined && doubtedAt === undefined && at.getTime() > self.at.getTime() - freshMs;

const hasHeard = ({ hears, hearsAfter }: Sign, other: Sign, since: Date): boolean =>
  hearsAfter !== undefined && hearsAfter > since && (hears?.includes(other._id) ?? false);
