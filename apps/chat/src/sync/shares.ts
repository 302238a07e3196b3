/** Gives `total` away evenly: nobody gets more than they want, and what some do not want the others get. The first ones get the rest. */
export function sharesOf(wants: readonly number[], total: number): readonly number[] {
  const shares = wants.map(() => 0);
  let left = total;
  let hungry = wants.map((_, index) => index).filter((index) => wants[index]! > 0);
  while (left > 0 && hungry.length > 0) {
    const each = Math.max(1, Math.floor(left / hungry.length));
    for (const index of hungry) {
      const more = Math.min(each, wants[index]! - shares[index]!, left);
      shares[index]! += more;
      left -= more;
    }
    hungry = hungry.filter((index) => shares[index]! < wants[index]!);
  }
  return shares;
}
