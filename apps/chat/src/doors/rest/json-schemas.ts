import { errors } from '@roost/contract';
import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** As requests are read, what has a default may be left out; in answers it is there. */
type Io = 'input' | 'output';

/** Schemas by the names under which a document shows them. */
type Named = Readonly<Record<string, z.ZodType>>;

const refTo = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

export const refusal = refTo('Refusal');

/** The schemas of the contract as a document of one kind shows them: what has a name stands there once, and is referred to. */
export class JsonSchemas {
  /** Everything with a name. */
  readonly all: Readonly<Record<string, JsonSchema>>;
  private readonly names: ReadonlyMap<unknown, string>;

  constructor(
    private readonly target: 'draft-7' | 'draft-2020-12',
    { input, output }: Readonly<Record<Io, Named>>,
  ) {
    this.names = new Map(Object.entries({ ...output, ...input }).map(([name, schema]) => [schema, name]));
    this.all = { ...this.shown(output, 'output'), ...this.shown(input, 'input'), ...refusals };
  }

  /** A schema as JSON Schema; what has a name is referred to, but for `itself`. */
  of(schema: z.ZodType, io: Io, itself?: unknown): JsonSchema {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, {
      target: this.target,
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        const name = zodSchema === itself ? undefined : this.names.get(zodSchema);
        if (name !== undefined) replace(jsonSchema, refTo(name));
        // A newer server may say more than this document knows.
        else if (io === 'output') delete jsonSchema.additionalProperties;
      },
    });
    return rest;
  }

  private shown(named: Named, io: Io): Record<string, JsonSchema> {
    return Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, this.of(schema, io, schema)]));
  }
}

/**
 * Names for what entries of the contract take or give and what has none of its own: `AuthLoginRequest` for the `Request` of
 * `auth.login`. Generators of clients would invent others, and others again with each version.
 */
export function namesFor<Entry>(
  kind: string,
  entries: Readonly<Record<string, Entry>>,
  pick: (entry: Entry) => z.ZodType | undefined,
  known: Named,
): Record<string, z.ZodType> {
  const seen = new Set<z.ZodType>(Object.values(known));
  const named: Record<string, z.ZodType> = {};
  for (const [entryName, entry] of Object.entries(entries)) {
    const schema = pick(entry);
    if (!schema || seen.has(schema)) continue;
    seen.add(schema);
    named[`${entryName.replaceAll(/(?:^|[.:])(\w)/g, (_, first: string) => first.toUpperCase())}${kind}`] = schema;
  }
  return named;
}

function replace(target: JsonSchema, by: JsonSchema): void {
  for (const key of Object.keys(target)) delete target[key];
  Object.assign(target, by);
}

const refusals: Readonly<Record<string, JsonSchema>> = {
  Refusal: {
    type: 'object',
    required: ['success', 'error', 'code', 'retryable'],
    properties: {
      success: { const: false },
      error: { type: 'string', description: 'a sentence for a person' },
      code: { type: 'string', enum: Object.keys(errors), description: 'for programs; a newer server may know others' },
      retryable: { type: 'boolean', description: 'whether the same request may succeed later' },
      details: {
        type: 'array',
        items: refTo('RefusalDetail'),
      },
      retryAfterMs: { type: 'number', description: 'milliseconds to wait before trying again' },
      correlationId: { type: 'string', description: 'finds the fault in the log of the server' },
    },
  },
  RefusalDetail: {
    type: 'object',
    required: ['path', 'message'],
    properties: { path: { type: 'string' }, message: { type: 'string' } },
  },
};
