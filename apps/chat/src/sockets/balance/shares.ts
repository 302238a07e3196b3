/** How the sockets of all are spread, as one replica sees it. */
export interface Shares {
  /** Its own, without those that were asked to move. */
  readonly own: number;
  /** Those that were asked and that no other replica counts yet. */
  readonly moving: number;
  readonly others: readonly number[];
}

/** Below this nobody is asked to move: what comes and goes by chance is no reason. */
const tolerance = 0.1;

/** What each would have if all had the same. */
export const evenShare = ({ own, moving, others }: Shares): number =>
  others.reduce((sum, count) => sum + count, own + moving) / (others.length + 1);

/** How many this replica has to give. Rounded down, so that what one gives away makes no other the one with too many. */
export const surplusOf = (shares: Shares): number => Math.max(0, shares.own - Math.ceil(evenShare(shares)));

/** Whether this replica has something to give, and it or another one is clearly beside its share. */
export function isUneven(shares: Shares): boolean {
  const even = evenShare(shares);
  const fewest = Math.min(...shares.others);
  return surplusOf(shares) > 0 && (shares.own > even * (1 + tolerance) || fewest < even * (1 - tolerance));
}
