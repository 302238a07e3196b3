import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

/** What both kinds of documents are read with: they have keywords of their own, and a value is told all that is wrong with it. */
export const ajvOptions = { strict: false, validateSchema: false, allErrors: true };

/** A document that a replica shows to everybody, and whether what the replica says is as it says. */
export class JsonDocument {
  /** @param name as in "the OpenAPI document" */
  constructor(
    private readonly name: string,
    document: unknown,
    private readonly ajv: Ajv,
  ) {
    formats.default(ajv);
    ajv.addSchema(closed(document) as object, 'document');
  }

  /**
   * Throws where a value is not as the document says.
   *
   * @param pointer to the schema, as in a URL: `/components/schemas/Chat`
   */
  check(pointer: string, value: unknown, what: string): void {
    const validate = this.validatorOf(pointer);
    if (validate(value)) return;
    throw new Error(`${what} is not as the ${this.name} says: ${told(validate.errors)}\n${JSON.stringify(value)}`);
  }

  private validatorOf(pointer: string): ValidateFunction {
    const validate = this.ajv.getSchema(`document#${pointer}`);
    if (!validate) throw new Error(`the ${this.name} has nothing at ${pointer}`);
    return validate;
  }
}

const told = (errors: readonly ErrorObject[] | null | undefined) =>
  (errors ?? []).map(({ instancePath, message }) => `${instancePath || 'it'} ${message}`).join(', ');

/** The same document, whose objects have no other fields: a server of this very document has none to add. */
function closed<T>(node: T): T {
  if (Array.isArray(node)) return node.map(closed) as T;
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  const isObject = copy['type'] === 'object' && 'properties' in copy && !('additionalProperties' in copy);
  return (isObject ? { ...copy, additionalProperties: false } : copy) as T;
}
