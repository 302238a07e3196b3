import { orFail } from '../../../../libs/command-line/src/index.mjs';
import type { Answers, Question, Reply } from './questions.js';

/** Answers the parent's questions until it goes; the process ends with it. */
export function answering<R>(answers: Answers<R>): void {
  const byName = answers as Readonly<Record<string, (request: unknown) => unknown>>;
  process.on('disconnect', () => process.exit(0));
  process.on('message', (question: Question) => orFail(answer(question)));

  async function answer({ id, name, request }: Question): Promise<void> {
    try {
      reply({ id, result: await byName[name]!(request) });
    } catch (error) {
      reply({ id, error: error instanceof Error ? error.message : String(error) });
    }
  }
}

function reply(message: Reply): void {
  process.send?.(message);
}
