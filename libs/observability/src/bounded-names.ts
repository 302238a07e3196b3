/** More names than the contract has; beyond it a caller would be choosing labels, and each costs memory for ever. */
const namesMax = 200;
const overflow = 'other';

/** For the values of a label: lets those known, and others up to `namesMax` in all, through and calls the rest `other`. */
export function boundedNames(known: readonly string[] = []): (name: string) => string {
  const names = new Set(known);
  return (name) => {
    if (names.has(name)) return name;
    if (names.size >= namesMax) return overflow;
    names.add(name);
    return name;
  };
}
