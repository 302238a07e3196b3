import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** A line that a program writes into its log: what it says, with `…` for what differs, and how important it is. */
export interface LogMessage {
  readonly message: string;
  /** Undefined where it is chosen as the program runs. */
  readonly level: string | undefined;
}

const levels = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);

/** Every line that the sources below these folders write, by their calls of `logger.<level>(…, 'message')`. */
export function logMessagesIn(root: string, folders: readonly string[]): LogMessage[] {
  const files = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }));
  return files
    .filter((file) => !file.endsWith('.spec.ts'))
    .flatMap((file) => messagesOf(readFileSync(`${root}/${file}`, 'utf8')));
}

function messagesOf(text: string): LogMessage[] {
  const found: LogMessage[] = [];
  const visit = (node: ts.Node): void => {
    const message = ts.isCallExpression(node) && isOfLogger(node.expression) && textOf(node.arguments.at(-1));
    if (message) found.push({ message, level: levelOf(node.expression) });
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest));
  return found;
}

/** `logger`, `this.logger` or `log`, and a method of it. */
function isOfLogger(callee: ts.Expression): boolean {
  if (!ts.isPropertyAccessExpression(callee) && !ts.isElementAccessExpression(callee)) return false;
  const { expression } = callee;
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  return ts.isIdentifier(name) && (name.text === 'logger' || name.text === 'log');
}

function levelOf(callee: ts.Expression): string | undefined {
  const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : undefined;
  return name !== undefined && levels.has(name) ? name : undefined;
}

function textOf(node: ts.Expression | undefined): string | undefined {
  if (!node) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
}
