/** What a message between replicas says; undefined for what is no JSON. */
export function parsedJson(message: Buffer): unknown {
  try {
    return JSON.parse(message.toString());
  } catch {
    return undefined;
  }
}
