import type { z } from 'zod';

/** What `NODE_ENV` may be. */
export const nodeEnvironments = ['production', 'development', 'test'] as const;

/** One of the three ways a process can be run. */
export type NodeEnvironment = (typeof nodeEnvironments)[number];

/** A default that only the machine knows, and the words that stand for it in the docs. */
export interface ComputedDefault {
  readonly described: string;
  compute(): string;
}

/** Headings of the generated docs, in their order. */
export const settingGroups = [
  'Process',
  'Accounts',
  'Stores',
  'Sockets and requests',
  'Limits',
  'Caches',
  'Logging',
] as const;

/** Everything there is to know about one setting. The docs, the checks and the type of `Settings` come from it. */
export interface Setting<Name extends string = string, Schema extends z.ZodType = z.ZodType> {
  /** The environment variable; also, in camelCase, the key in `Settings`. */
  readonly name: Name;
  /** Text of the environment -> typed value. Its description completes the sentence "expected …". */
  readonly schema: Schema;
  /** Unit of a number, for example `ms`. */
  readonly unit?: string;
  /** Written as it would be in the environment. Neither this nor a fitting `defaultIn`: the setting is required, unless its schema is `optional`. */
  readonly default?: string | ComputedDefault;
  /** Goes before `default` in the named environments. */
  readonly defaultIn?: Partial<Record<NodeEnvironment, string>>;
  /** Another setting of which, with this one, exactly one has to be set. Both have an `optional` schema and no default. */
  readonly instead?: string;
  /** One or two sentences for the person who has to choose a value. */
  readonly meaning: string;
  /** `whole`: the value is never shown. `credentials`: a URL, shown without user, password and tokens. */
  readonly secret?: 'whole' | 'credentials';
  readonly group: (typeof settingGroups)[number];
  /** Who usually sets it: at each deployment, when tuning a running system, or on a developer's machine. */
  readonly audience: 'deployment' | 'tuning' | 'development';
}

/** Declares a setting; exists so that TypeScript keeps its exact name and schema. */
export function setting<const Name extends string, Schema extends z.ZodType>(
  definition: Setting<Name, Schema>,
): Setting<Name, Schema> {
  return definition;
}
