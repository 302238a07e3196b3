interface Types {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
  readonly object: object;
}

/** Whether something from outside has these fields, of these types: a frame of any server, or what any version has kept. */
export function hasFields<Fields extends Readonly<Record<string, keyof Types>>>(
  value: unknown,
  fields: Fields,
): value is { readonly [Name in keyof Fields]: Types[Fields[Name]] } {
  if (typeof value !== 'object' || value === null) return false;
  const given = value as Readonly<Record<string, unknown>>;
  return Object.entries(fields).every(([name, type]) => typeof given[name] === type && given[name] !== null);
}
