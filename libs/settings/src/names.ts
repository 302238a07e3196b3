/** `MONGODB_TIMEOUT_MS` -> `mongodbTimeoutMs`, as a type. */
export type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Joined<Tail>}`
  : Lowercase<Name>;

type Joined<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Capitalize<Lowercase<Head>>}${Joined<Tail>}`
  : Capitalize<Lowercase<Name>>;

/** `MONGODB_TIMEOUT_MS` -> `mongodbTimeoutMs`. */
export function camelCase(name: string): string {
  return name.toLowerCase().replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
