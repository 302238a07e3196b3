import type { CommandName, FactName } from '@roost/contract';
import { Ajv } from 'ajv';
import { callHttp } from './http.js';
import { ajvOptions, JsonDocument } from './json-document.js';

/** The AsyncAPI document that a replica shows to everybody, and whether what comes over its sockets is as it says. */
export class EventsDocument {
  private readonly json: JsonDocument;

  private constructor({ components }: { readonly components?: unknown }) {
    // The document's own `id` is none of a schema.
    this.json = new JsonDocument('AsyncAPI document', { components }, new Ajv(ajvOptions));
  }

  static async of(replicaUrl: string): Promise<EventsDocument> {
    const { body } = await callHttp(replicaUrl, 'GET /asyncapi.json', {});
    return new EventsDocument(body as { components?: unknown });
  }

  checkFact(fact: FactName, payload: unknown): void {
    this.check(fact, payload);
  }

  checkReply(command: CommandName, answer: unknown): void {
    this.check(`${command}.reply`, answer);
  }

  checkRefusal(answer: unknown): void {
    this.check('refused', answer);
  }

  private check(message: string, payload: unknown): void {
    this.json.check(`/components/messages/${message.replace(':', '.')}/payload`, payload, message);
  }
}
