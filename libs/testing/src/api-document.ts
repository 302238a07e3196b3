import type { RouteName } from '@roost/contract';
import { routes } from '@roost/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { checkRefusalOfRoute } from './checks.js';
import { callHttp } from './http.js';
import type { HttpAnswer } from './http.js';
import { ajvOptions, JsonDocument } from './json-document.js';

type Response = { readonly $ref?: string; readonly content?: Readonly<Record<string, unknown>> };
type Operation = { readonly operationId: RouteName; readonly responses: Readonly<Record<string, Response>> };
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

/** The OpenAPI document that a replica shows to everybody, and whether answers are as it says. */
export class ApiDocument {
  private readonly json: JsonDocument;
  private readonly patterns: readonly { readonly template: string; readonly pattern: RegExp }[];

  private constructor(private readonly document: Document) {
    this.json = new JsonDocument('OpenAPI document', document, new Ajv2020(ajvOptions));
    this.patterns = Object.keys(document.paths).map((template) => ({
      template,
      pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    }));
  }

  static async of(replicaUrl: string): Promise<ApiDocument> {
    const { body } = await callHttp(replicaUrl, 'GET /openapi.json', {});
    return new ApiDocument(body as Document);
  }

  /** Throws where an answer is not what the document says of its request. What it says nothing of is not checked. */
  checkAnswer(request: string, { status, body, headers }: HttpAnswer): void {
    const [method = '', path = ''] = request.split(' ');
    const template = this.patterns.find(({ pattern }) => pattern.test(path.split('?')[0] ?? ''))?.template ?? '';
    const operation = this.document.paths[template]?.[method.toLowerCase()];
    if (!operation) return;
    const key = [String(status), `${Math.floor(status / 100)}XX`].find((one) => one in operation.responses);
    if (key === undefined) throw new Error(`${request}: the OpenAPI document knows no answer ${status}`);
    const isJson = headers.get('content-type')?.startsWith('application/json') ?? false;
    this.fits({ template, method: method.toLowerCase(), key }, isJson ? body : undefined, request);
    if (status >= 400) checkRefusalOfRoute(operation.operationId, body);
  }

  /** Throws where what a route gave is none of its successes. */
  checkResult(name: RouteName, result: unknown): void {
    const { method, path, status } = routes[name];
    const template = path.replaceAll(/:(\w+)/g, '{$1}');
    this.fits({ template, method: method.toLowerCase(), key: String(status) }, result, name);
  }

  private fits(where: { template: string; method: string; key: string }, body: unknown, what: string): void {
    const { template, method, key } = where;
    const response = this.document.paths[template]?.[method]?.responses[key];
    const at = response?.$ref?.slice(1) ?? `/paths/${escaped(template)}/${method}/responses/${key}`;
    const hasContent = response?.$ref !== undefined || response?.content !== undefined;
    if (!hasContent) {
      if (body === undefined) return;
      throw new Error(`${what}: the OpenAPI document says nothing of a body`);
    }
    this.json.check(`${at}/content/application~1json/schema`, body, what);
  }
}

/** As a part of a JSON pointer within a URL. */
const escaped = (template: string) => encodeURIComponent(template.replaceAll('~', '~0').replaceAll('/', '~1'));
