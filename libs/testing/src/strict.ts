import { z } from 'zod';

const made = new WeakMap<z.ZodType, z.ZodType>();

/**
 * The same schema, refusing what it does not declare, at every depth. The contract lets clients overlook fields that a
 * newer server adds; a server of this very contract has none to add.
 */
export function strict(schema: z.ZodType): z.ZodType {
  let result = made.get(schema);
  if (!result) {
    result = strictlyOf(schema);
    made.set(schema, result);
  }
  return result;
}

function strictlyOf(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) {
    if (schema.def.catchall) return schema; // says itself what becomes of other fields
    const fields = Object.entries<z.ZodType>(schema.shape).map(([name, field]) => [name, strict(field)] as const);
    return z.strictObject(Object.fromEntries(fields));
  }
  if (schema instanceof z.ZodArray) return z.array(strict(inner(schema.element)));
  if (schema instanceof z.ZodOptional) return strict(inner(schema.unwrap())).optional();
  if (schema instanceof z.ZodUnion) return z.union(schema.options.map((option) => strict(inner(option))));
  return schema;
}

/** Zod gives what is inside a schema as its core type; all of the contract's are made by `z`. */
const inner = (schema: z.core.$ZodType): z.ZodType => schema as z.ZodType;
